package aid

import (
	"time"

	"ksbb/shared/area"
)

// Lane is a queue of things that wait for somebody in an office.
type Lane string

// The lanes. What stands in one waits until its instant, and is late after it;
// where nothing has a deadline, it has waited since its instant.
const (
	LaneContact    Lane = "contact"    // nobody has spoken yet; until the 2×24 h are over
	LaneDelivery   Lane = "delivery"   // something is still to come; until the agreed or promised day is over
	LaneAnswer     Lane = "answer"     // the steward has to answer; until they are asked again
	LaneDispute    Lane = "dispute"    // the two sides differ; since the answer
	LaneEvidence   Lane = "evidence"   // a file nobody has reviewed; since it was checked
	LaneModeration Lane = "moderation" // a name or text nobody has looked at; since the promise
	LaneComplaint  Lane = "complaint"  // an answer is owed; until it is due
	LaneIdea       Lane = "idea"       // nobody has read it; since it arrived
	LaneStale      Lane = "stale"      // every need; since it was last confirmed
	LaneProposal   Lane = "proposal"   // a change that waits for a second pair of eyes; since it was proposed
	LaneImport     Lane = "import"     // an import that waits to be confirmed; since it was read
)

// Lanes lists every lane.
var Lanes = []Lane{
	LaneContact, LaneDelivery, LaneAnswer, LaneDispute, LaneEvidence, LaneModeration, LaneComplaint, LaneIdea, LaneStale, LaneProposal, LaneImport,
}

// Work is where something waits, and for which instant. The zero Work is
// nowhere.
type Work struct {
	Lane Lane
	At   time.Time
	// Kota is whose queue it is in, empty for that of the whole region; Area is
	// the kelurahan, empty where it is not known.
	Kota, Area area.Code
	// Aggregator is who carries it, if an aggregator does.
	Aggregator AggregatorID
}

// workAt returns the work of a lane at a place.
func workAt(lane Lane, at time.Time, r RecipientID, leaf Leaf) Work {
	return Work{Lane: lane, At: at, Kota: leaf.Area.At(area.Kota), Area: kelurahanOf(r, leaf)}
}

// kelurahanOf returns the kelurahan of a recipient, which its identifier begins
// with; empty when it does not.
func kelurahanOf(r RecipientID, leaf Leaf) area.Code {
	const digits = len("31.74.01.1001")
	if len(r) >= digits {
		if code, err := area.Parse(string(r[:digits])); err == nil && code.Level() == area.Kelurahan && leaf.Area.Contains(code) {
			return code
		}
	}
	return leaf.Area.At(area.Kelurahan)
}

// WorkOf returns in which lane a commitment waits, and for which instant; an
// empty lane when nobody in an office has to look at it.
func WorkOf(c Commitment) (Lane, time.Time) {
	if !c.State.Counts() {
		return "", time.Time{}
	}
	for _, d := range c.Deliveries {
		if d.Open() {
			return LaneDispute, d.AnsweredAt
		}
	}
	for _, d := range c.Deliveries {
		if d.Answer == "" {
			return LaneAnswer, d.ReportedAt.AddDate(0, 0, AnswerDays)
		}
	}
	switch {
	case c.ContactedAt.IsZero():
		return LaneContact, c.ContactBy
	case some(c.Outstanding()):
		last := c.Schedule.On
		if last == "" {
			last = c.Period.To
		}
		// Where the day ends last: nobody is late while it is that day anywhere.
		return LaneDelivery, last.Plus(1).Begins(time.UTC)
	}
	return "", time.Time{}
}

// Work returns where a commitment waits.
func (c Commitment) Work() Work {
	lane, at := WorkOf(c)
	if lane == "" {
		return Work{}
	}
	w := workAt(lane, at, c.Recipient, c.Leaf)
	w.Aggregator = c.Aggregator
	return w
}

// Moderated tells whether anything of a commitment was written freely and is
// shown: somebody has to look at it.
func (c Commitment) Moderated() bool {
	if c.Name != "" {
		return true
	}
	for _, l := range c.Lines {
		if l.Equivalent != "" || l.Free != "" {
			return true
		}
	}
	return false
}

// ModerationWork returns where what a commitment shows waits to be looked at.
func (c Commitment) ModerationWork() Work {
	return workAt(LaneModeration, c.PledgedAt, c.Recipient, c.Leaf)
}

// Work returns where a file waits to be reviewed.
func (e Evidence) Work() Work {
	if e.Commitment == "" || e.State != EvidenceAccepted || e.Review != "" {
		return Work{}
	}
	return workAt(LaneEvidence, e.CheckedAt, e.Recipient, e.Leaf)
}

// Work returns where a complaint waits for an answer: at its desk.
func (c Complaint) Work() Work {
	if c.State != ComplaintReceived && c.State != ComplaintAssigned {
		return Work{}
	}
	desk := c.Desk().Area
	return Work{Lane: LaneComplaint, At: c.DueBy, Kota: desk.At(area.Kota), Area: desk.At(area.Kelurahan)}
}

// Work returns where an idea waits to be read.
func (i Idea) Work() Work {
	if i.State != IdeaReceived {
		return Work{}
	}
	return Work{Lane: LaneIdea, At: i.ReceivedAt}
}

// Work returns where a need of a leaf waits to be confirmed again.
func (n Need) Work(leaf Leaf) Work {
	return workAt(LaneStale, n.ConfirmedOn.Begins(time.UTC), n.Recipient, leaf)
}

// Work returns where a proposal waits for somebody else.
func (p Proposal) Work() Work {
	if p.State != ProposalOpen {
		return Work{}
	}
	return Work{Lane: LaneProposal, At: p.At, Kota: p.Area.At(area.Kota), Area: p.Area.At(area.Kelurahan)}
}
