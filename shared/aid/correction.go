package aid

import "time"

// Correction records that published totals of a leaf may fall for a reason
// that an office answers for. Without one the publisher refuses a large fall.
type Correction struct {
	On     time.Time
	Reason string
	By     string // an office, never a person's name
}
