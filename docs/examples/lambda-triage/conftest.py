"""What Lambda sets before it imports the function."""

import os

os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
os.environ["IMPACTED_ACCOUNT_LIMIT"] = "2"
