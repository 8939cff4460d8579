"""The user's limits on spending.

What is left of them (`budgets`), one turn held against them while it runs (`turn_budget`), and a
review's likely cost, told and agreed to before it starts (`estimator`, `cost_consent`).
"""
