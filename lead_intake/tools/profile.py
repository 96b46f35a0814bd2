"""What is known of a company and of a person, the same on a lead and on a partner."""

COMPANY_FIELDS = (
    "founded_year",
    "employee_range",
    "annual_revenue",
    "annual_revenue_currency_id",
    "main_business",
    "main_products",
)
PERSON_FIELDS = ("contact_role", "chat_account", "chat_remark")
EMPLOYEE_RANGES = [
    ("1", "1 – 9"),
    ("10", "10 – 49"),
    ("50", "50 – 99"),
    ("100", "100 – 299"),
    ("300", "300 – 999"),
    ("1000", "1,000 – 4,999"),
    ("5000", "5,000 and more"),
]
CONTACT_ROLES = [
    ("owner", "Company Owner"),
    ("ceo", "CEO / General Manager"),
    ("purchasing", "Purchasing Manager"),
    ("technical", "Technical Director"),
    ("finance", "Finance Director"),
    ("production", "Production Manager"),
    ("user", "User"),
    ("other", "Other"),
]
EARLIEST_YEAR = 1000
