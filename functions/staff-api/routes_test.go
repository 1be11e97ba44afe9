package main

import "testing"

// What the function answers, what API Gateway lets through and what the
// published description says are one list.
func TestRoutesAndDescriptionAreOneList(t *testing.T) {
	t.Parallel()
	newMemoryWorld(t).Described("staff-api", "StaffApi")
}
