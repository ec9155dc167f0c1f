"""What a test author does with a running mock: one folder or file for each tool."""
