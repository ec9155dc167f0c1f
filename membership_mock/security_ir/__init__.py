"""AWS Security Incident Response (``security-ir``): one file per family of resources."""
