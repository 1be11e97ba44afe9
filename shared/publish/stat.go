package publish

// Stat is what a store knows of an object that was not read.
type Stat struct {
	ETag       string
	Generation int64
	Size       int64
	// Hash is "sha256-<base64>" of the bytes where the store knows it: of what it
	// was given with the hash. Else it is empty.
	Hash string
}
