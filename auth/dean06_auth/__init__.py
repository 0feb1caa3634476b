"""Who is calling: accounts, what was granted to them, and the passwords and tokens by which they are known."""
