package blobtest

import (
	"testing"

	"ksbb/shared/publish"
)

func TestMemoryKeepsThePromises(t *testing.T) {
	Run(t, func(*testing.T) publish.Store { return new(Memory) })
}
