"""The software that Security Hub V2 has found on resources."""
