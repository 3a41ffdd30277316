"""The levers that agents consult: caseload, referral, sanctions, duty, benefit, collaboration."""
