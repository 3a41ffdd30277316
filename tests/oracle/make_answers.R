# Answers of R's packages survival, cmprsk and etm for the tables in data/, kept in answers.json:
#
#     Rscript tests/oracle/make_answers.R
#
# Written with R 4.2.2, survival 3.5-3, cmprsk 2.2-11, etm 1.1-1 (Debian 12: r-base-core, r-cran-survival,
# r-cran-cmprsk, r-cran-etm). The tables are example data of the package survival (see data/README.md) and a few
# spells made up for the edges.

suppressMessages({library(survival); library(cmprsk); library(etm)})
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
answers <- list()

# ---- tables ---------------------------------------------------------------------------------------------------

keep <- function(name, table) {
  write.csv(table, file.path(here, "data", paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
  table
}
veterans <- keep("veteran", with(veteran, data.frame(time, status, trt, celltype = as.character(celltype), karno)))
hearts <- keep("heart", with(heart, data.frame(start, stop, event, age, year, surgery, transplant = as.integer(transplant) - 1, id)))
m <- mgus2[1:250, ]
plasma <- keep("mgus2", with(m, data.frame(
  etime = ifelse(pstat == 0, futime, ptime), event = ifelse(pstat == 0, 2 * death, 1), sex = as.character(sex),
  entry = (id * 7) %% 30, weight = 0.5 + (id %% 5) / 4,
  band = ifelse(age < 65, "a", ifelse(age < 78, "b", "c")))))
plasma$entry <- pmin(plasma$entry, plasma$etime - 1)
plasma <- keep("mgus2", plasma)

# ---- curves ---------------------------------------------------------------------------------------------------

rows <- function(fit) {
  strata <- if (is.null(fit$strata)) rep("all", length(fit$time)) else rep(sub("^[^=]*=", "", names(fit$strata)), fit$strata)
  data.frame(group = strata, week = fit$time, at_risk = fit$n.risk, exits = fit$n.event,
             survival = fit$surv, se = fit$std.err, low = fit$lower, high = fit$upper,
             hazard = fit$cumhaz, se_hazard = fit$std.chaz)
}
means <- function(fit, tau) {
  table <- summary(fit, rmean = tau)$table
  if (is.null(dim(table))) table <- t(as.matrix(table))
  data.frame(mean = unname(table[, "rmean"]), se = unname(table[, "se(rmean)"]))
}
late <- survfit(Surv(entry, etime, event > 0) ~ 1, data = plasma)
answers$km <- list(
  plain = rows(survfit(Surv(time, status) ~ celltype, data = veterans, conf.type = "plain")),
  log = rows(survfit(Surv(time, status) ~ celltype, data = veterans, conf.type = "log")),
  loglog = rows(survfit(Surv(time, status) ~ celltype, data = veterans, conf.type = "log-log")),
  late = rows(survfit(Surv(entry, etime, event > 0) ~ band, data = plasma, conf.type = "log-log")),
  repeats = rows(survfit(Surv(time, status) ~ 1, data = veterans, weights = trt, conf.type = "log-log")),
  whole = rows(survfit(Surv(time, status) ~ 1, data = veterans, weights = trt, robust = TRUE, conf.type = "log-log")),
  sampling = rows(survfit(Surv(etime, event > 0) ~ band, data = plasma, weights = weight, conf.type = "log-log")),
  sampling_late = rows(survfit(Surv(entry, etime, event > 0) ~ 1, data = plasma, weights = weight, conf.type = "log-log")))
# Times that differ by rounding alone are tied (timefix), relative to the mean time, too.
near <- data.frame(
  weeks = c(1.1 + 2.2, 3.3, 5, 6, 0.1 * 3, 0.3, 7 + 3e-8, 7, 7 + 2e-7, 6 + 5e-8), exited = c(1, 1, 1, 0, 1, 1, 1, 1, 1, 1),
  x = c(1, 0, 1, 0, 0, 1, 1, 0, 0, 1))
answers$near <- list(
  km = rows(survfit(Surv(weeks, exited) ~ 1, data = near, conf.type = "log-log")),
  cox = unname(coef(coxph(Surv(weeks, exited) ~ x, data = near))))
answers$rmst <- list(
  veterans = means(survfit(Surv(time, status) ~ celltype, data = veterans), 150),
  late = means(late, 200))
fits <- list(plain = "plain", log = "log", `log-log` = "log-log")
answers$quantile <- lapply(fits, function(type) {
  q <- quantile(survfit(Surv(time, status) ~ celltype, data = veterans, conf.type = type), c(0.1, 0.37, 0.63))
  list(week = q$quantile, low = q$lower, high = q$upper)
})

# ---- incidence ------------------------------------------------------------------------------------------------

states <- function(fit) {
  out <- NULL
  strata <- if (is.null(fit$strata)) rep("all", length(fit$time)) else rep(sub("^[^=]*=", "", names(fit$strata)), fit$strata)
  for (k in 2:3) out <- rbind(out, data.frame(group = strata, week = fit$time, door = k - 1,
    incidence = fit$pstate[, k], se = fit$std.err[, k]))
  out
}
plasma$state <- factor(plasma$event, 0:2)
answers$aj <- list(
  groups = states(survfit(Surv(etime, state) ~ band, data = plasma)),
  sampling = states(survfit(Surv(etime, state) ~ band, data = plasma, weights = weight)),
  sampling_late = states(survfit(Surv(entry, etime, state) ~ 1, data = plasma, id = seq_len(nrow(plasma)), weights = weight)))
transitions <- matrix(FALSE, 3, 3); transitions[1, 2:3] <- TRUE
moves <- data.frame(id = seq_len(nrow(plasma)), from = 0, to = ifelse(plasma$event == 0, "cens", plasma$event),
                    entry = plasma$entry, exit = plasma$etime)
left <- etm(moves, c("0", "1", "2"), transitions, "cens", s = 0)
answers$aj$late <- do.call(rbind, lapply(1:2, function(k) data.frame(week = left$time, door = k,
  incidence = trprob(left, paste(0, k)), se = sqrt(trcov(left, paste(0, k))))))

# ---- tests ----------------------------------------------------------------------------------------------------

logrank <- function(rho) lapply(list(veterans = survdiff(Surv(time, status) ~ celltype, data = veterans, rho = rho),
  bands = survdiff(Surv(etime, event > 0) ~ band, data = plasma, rho = rho)), function(x) x$chisq)
answers$logrank <- list(rho0 = logrank(0), rho1 = logrank(1), rho05 = logrank(0.5))
# Without ties the score test of Cox's regression is the log-rank test, also with late entry.
score <- coxph(Surv(entry, etime + row / 1000, event > 0) ~ band, data = transform(plasma, row = seq_along(etime)))
answers$logrank$late <- score$score
gray <- function(rho) as.data.frame(with(plasma, cuminc(etime, event, band, rho = rho))$Tests)
answers$gray <- list(rho0 = gray(0), rho1 = gray(1))

# ---- regression -----------------------------------------------------------------------------------------------

control <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
of <- function(fit) {
  list(coefficient = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), log_likelihood = fit$loglik)
}
heart_formula <- Surv(start, stop, event) ~ age + year + surgery + transplant
answers$cox <- list(
  late = of(coxph(heart_formula, data = hearts, control = control)),
  cluster = of(coxph(heart_formula, data = hearts, cluster = id, control = control)),
  words = of(coxph(Surv(time, status) ~ karno + celltype, data = veterans, control = control)),
  strata = of(coxph(Surv(time, status) ~ karno + trt + strata(celltype), data = veterans, control = control)),
  sampling = of(coxph(Surv(entry, etime, event > 0) ~ sex, data = plasma, weights = weight, control = control)),
  whole = of(coxph(Surv(time, status) ~ karno, data = veterans, weights = trt, robust = TRUE, control = control)),
  ties = of(coxph(Surv(ceiling(etime / 52), event > 0) ~ sex + band, data = plasma, control = control)))
long <- survSplit(Surv(year, gone) ~ ., data = transform(plasma, year = ceiling(etime / 52), gone = event > 0), cut = 1:40, episode = "piece")
glmfit <- function(link) {
  fit <- suppressWarnings(glm(gone ~ factor(year) + sex + band, data = long, family = binomial(link), control = glm.control(1e-14, 200)))
  own <- grep("sex|band", names(coef(fit)))
  list(coefficient = unname(coef(fit)[own]), se = unname(sqrt(diag(vcov(fit)))[own]))
}
answers$discrete <- list(cloglog = glmfit("cloglog"), logit = glmfit("logit"))

# ---- edges ----------------------------------------------------------------------------------------------------

edge <- function(time, status, entry = rep(0, length(time))) {
  fit <- suppressWarnings(survfit(Surv(entry, time, status) ~ 1, conf.type = "log-log"))
  list(time = I(time), status = I(status), entry = I(entry), rows = rows(fit)[, c("week", "at_risk", "exits", "survival", "low", "high", "hazard")])
}
answers$edges <- list(
  no_exits = edge(c(2, 3, 3), c(0, 0, 0)), all_tied = edge(c(4, 4, 4), c(1, 1, 1)),
  tied_with_censored = edge(c(4, 4, 4), c(1, 0, 1)), one_leaves = edge(7, 1), one_stays = edge(7, 0),
  late = edge(c(3, 5, 4), c(1, 1, 1), c(0, 2, 3)), nobody_at_risk = edge(c(1, 9, 8), c(0, 1, 0), c(0, 5, 5)),
  empty_after_exit = edge(c(2, 3, 9), c(1, 0, 1), c(0, 0, 5)))

digits <- 17
text <- function(x) {
  if (is.data.frame(x)) return(text(as.list(x)))
  if (is.list(x)) return(paste0("{", paste0('"', names(x), '": ', vapply(x, text, ""), collapse = ",\n"), "}"))
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, text), collapse = ", "), "]"))
  value <- if (is.character(x)) paste0('"', x, '"') else ifelse(is.finite(x), formatC(as.numeric(x), digits = digits, format = "g"), "null")
  paste0("[", paste(value, collapse = ", "), "]")
}
writeLines(text(answers), file.path(here, "answers.json"))
