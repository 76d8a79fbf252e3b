"""Health-inequality indicators for England's integrated care boards, from public statistics."""
