package blobtest_test

import (
	"testing"

	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
)

// The store in memory stands in for S3 in most tests, so it is held to the same
// promises.
func TestMemoryKeepsThePromisesOfAStore(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(*testing.T) publish.Store { return new(blobtest.Memory) })
	blobtest.RunLarge(t, func(*testing.T) blobtest.LargeStore { return new(blobtest.Memory) })
}
