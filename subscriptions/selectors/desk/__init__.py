"""What the sales desk shows, of the accounts that someone of Sales may see (D15)."""
