"""The levers that agents consult: caseload, referral, sanctions, collaboration."""
