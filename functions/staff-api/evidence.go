package main

import "ksbb/shared/aid"

// evidenceObject names a file in the trail.
func evidenceObject(id aid.EvidenceID) string { return "evidence/" + string(id) }
