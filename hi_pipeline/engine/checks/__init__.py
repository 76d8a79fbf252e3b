"""What is asked of files once they are built: the questions, by layer, and what to do where one fails."""
