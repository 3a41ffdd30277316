"""Settings of the people: how many come, and who they are."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parameters.association import Association, mistakes_in
from simulator.parameters.base import Group, choice, quantity, share
from simulator.parameters.words import BarrierName, PopulationModeName, Share


class Population(Group):
    """The people who apply for assistance."""

    mode: PopulationModeName = choice(
        "All clients in week 0 (cohort), or week by week around a stock (flow)", "assumed: design"
    )
    size: int = quantity(
        "Clients who start together: the cohort, or the first stock of a flow",
        "persons",
        "assumed: a medium-sized municipality",
        ge=1,
        le=1_000_000,
        plausible=(500, 20_000),
    )
    newcomers_per_1000_weekly: float = quantity(
        "First-time applicants a week for each 1,000 clients of `size` (flow only)",
        "persons/week",
        "D14: entry that balances exit of the two-type stock, less those who return",
        ge=0.0,
        le=100.0,
        plausible=(4.0, 25.0),
    )
    burn_in_weeks: int = quantity(
        "Weeks simulated before the first reported week (flow only)",
        "weeks",
        "assumed: fifteen years, after which the stock has settled",
        ge=0,
        le=5_200,
        plausible=(260, 1_040),
    )
    offices: int = quantity(
        "Offices, each with its own caseworkers and places; "
        "clients are spread evenly (0: one for each 1,000 clients)",
        "offices",
        "assumed: offices of some twelve caseworkers",
        ge=0,
        le=1_000,
        plausible=(0, 20),
    )
    margins: str | None = choice(
        "CSV file of shares of one's own (trait, value, share, source), which take the place of those here",
        "assumed: text",
    )
    tables: str | None = choice(
        "CSV file of two-way counts (trait_1, value_1, trait_2, value_2, count), from which associations are "
        "reckoned",
        "assumed: text",
    )
    share_under_30: float = share("Applicants aged 18-29", "D05", (0.25, 0.45))
    share_women: float = share("Women among applicants", "assumed: near parity", (0.40, 0.55))
    share_with_children: float = share(
        "Applicants with children in the household", "assumed: about a third of households", (0.25, 0.45)
    )
    share_foreign_born: float = share("Foreign-born applicants", "D06", (0.40, 0.70))
    share_newly_arrived: float = share(
        "Foreign-born applicants with less than five years in the country",
        "assumed: most have stayed longer",
        (0.10, 0.50),
    )
    share_primary_education: float = share(
        "Applicants with primary education only", "assumed: low schooling is common", (0.25, 0.55)
    )
    share_tertiary_education: float = share(
        "Applicants with tertiary education", "assumed: few", (0.05, 0.25)
    )
    experience_years: float = quantity(
        "Mean years of work experience of an applicant aged 40",
        "years",
        "assumed: broken careers",
        ge=0.0,
        le=40.0,
        plausible=(2.0, 12.0),
    )
    share_disability: float = share(
        "Applicants with a disability that limits work", "assumed: a tenth", (0.05, 0.20)
    )
    prevalence: dict[BarrierName, Share] = choice(
        "Share of applicants with each barrier; language counts only the foreign-born",
        "assumed: entrants, so that the mix of the stock comes near D07",
    )
    severity_mean: float = quantity(
        "Mean severity of a barrier that is present",
        "1",
        "assumed: the middle of the scale, upper half",
        ge=0.05,
        le=0.95,
        plausible=(0.4, 0.8),
    )
    hardship_loading: float = quantity(
        "Loading of each barrier on the common factor hardship (troubles come together)",
        "1",
        "assumed: moderate clustering of barriers",
        ge=0.0,
        le=0.99,
        plausible=(0.2, 0.9),
    )
    associations: dict[str, Association] = choice(
        "What else goes together in a person, by a name of one's own; shares stay as they are",
        "assumed: unrelated, where nothing is said",
    )
    pension_age: float = quantity(
        "Age at which clients leave for the old-age pension and come back no more",
        "years",
        "assumed: the Swedish reference age",
        ge=18.0,
        le=1_000.0,
        plausible=(65.0, 67.0),
    )
    return_window_weeks: int = quantity(
        "Weeks after an exit within which a person may come back",
        "weeks",
        "D12: state dependence disappears after three years",
        ge=0,
        le=100_000,
        plausible=(104, 260),
    )
    motivation_sd: float = quantity(
        "Standard deviation of motivation between clients (mean 1)",
        "1",
        "assumed: wide differences",
        ge=0.0,
        le=1.0,
        plausible=(0.1, 0.4),
    )
    trust_mean: float = share("Mean trust in the service at first contact", "assumed: undecided", (0.3, 0.7))
    trust_sd: float = quantity(
        "Standard deviation of trust at first contact",
        "1",
        "assumed: wide differences",
        ge=0.0,
        le=0.5,
        plausible=(0.05, 0.3),
    )

    @model_validator(mode="after")
    def _associations_can_hold_together(self) -> Population:
        wrong = mistakes_in(self.associations, self.hardship_loading)
        if wrong:
            raise PydanticCustomError("associations", "associations: {wrong}", {"wrong": "; ".join(wrong)})
        return self
