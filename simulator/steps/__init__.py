"""The steps of the week, grouped by who acts; `simulator.week` puts them in order."""
