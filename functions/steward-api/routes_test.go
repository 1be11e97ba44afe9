package main

import (
	"testing"

	"ksbb/shared/table"
)

// What the function answers, what API Gateway lets through and what the
// published description says are one list.
func TestRoutesAndDescriptionAreOneList(t *testing.T) {
	t.Parallel()
	newWorld(t, table.NewMemory(), nil).Described("steward-api", "StewardApi")
}
