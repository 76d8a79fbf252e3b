"""The vocabulary that every room shares: years, boards, groups, words of status, contracts, declarations. No files."""
