"""The sales desk: Django admin in a frame of its own, for those who look after accounts (D15)."""
