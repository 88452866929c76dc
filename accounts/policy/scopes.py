"""What a token can be allowed, beneath what its owner may do anyway."""

READ = "read"
WRITE = "write"
SCOPES = (READ, WRITE)
