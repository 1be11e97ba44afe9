package aid

// Listing is a recipient as it enters the platform, by import or by hand: the
// place, what it needs, who answers for it, and, where an earlier system kept
// them, the commitments of the past. The needs' figures already include that
// history.
type Listing struct {
	Recipient Recipient
	Needs     []Need
	Steward   Contact // private
	Activity  Activity
	History   []Commitment
}
