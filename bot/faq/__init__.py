"""What the company answers: entries, their files, and the match between a question and an entry."""
