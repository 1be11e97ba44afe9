package aid

// ComplaintID is a UUIDv7 made by the sender's phone before sending.
type ComplaintID string
