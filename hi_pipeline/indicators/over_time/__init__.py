"""What spans years: pace, trends and targets."""
