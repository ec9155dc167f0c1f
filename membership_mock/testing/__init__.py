"""What a test author does with a running mock, one file per matter."""
