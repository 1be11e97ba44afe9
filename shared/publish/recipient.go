package publish

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// RecipientFile is one recipient with everything public about it. It changes in
// place.
type RecipientFile struct {
	Schema      string           `json:"$schema"`
	ID          aid.RecipientID  `json:"id"`
	Name        string           `json:"name"`
	Kind        aid.KindID       `json:"kind"`
	Area        area.Code        `json:"area"`
	Point       position         `json:"point"`
	Households  int64            `json:"households"`
	People      int64            `json:"people"`
	Steward     string           `json:"steward"`
	Address     string           `json:"address"`
	Flags       []aid.Flag       `json:"flags"`
	Indicators  []aid.Indicator  `json:"indicators"`
	Demo        bool             `json:"demo"`
	Closed      bool             `json:"closed"`
	Into        aid.RecipientID  `json:"into,omitempty"`
	Needs       []needFile       `json:"needs"`
	Plan        *planFile        `json:"plan,omitempty"`
	Commitments []commitmentFile `json:"commitments"`
	Ended       []endedFile      `json:"ended"`
	UpdatedAt   string           `json:"updatedAt"`
}

// planFile is how the recipient shares out fewer packages than it has
// households.
type planFile struct {
	Method aid.PlanMethod `json:"method"`
	On     aid.Day        `json:"on"`
}

type needFile struct {
	ID          aid.NeedID    `json:"id"`
	Program     aid.ProgramID `json:"program"`
	Package     aid.PackageID `json:"package"`
	Unit        string        `json:"unit"`
	Needed      int64         `json:"needed"`
	Committed   int64         `json:"committed"`
	Delivered   int64         `json:"delivered"`
	Received    int64         `json:"received"`
	Remaining   int64         `json:"remaining"`
	Source      string        `json:"source"`
	ConfirmedOn aid.Day       `json:"confirmedOn"`
	ConfirmedBy string        `json:"confirmedBy"`
}

// commitmentFile is one commitment that stands in the totals.
type commitmentFile struct {
	ID          aid.CommitmentID `json:"id"`
	Number      string           `json:"number"`
	State       aid.State        `json:"state"`
	Program     aid.ProgramID    `json:"program"`
	Name        string           `json:"name"`
	Salt        string           `json:"salt,omitempty"` // only beside a public name
	Class       aid.Class        `json:"class"`
	Period      aid.Period       `json:"period"`
	Schedule    *aid.Appointment `json:"schedule,omitempty"`
	Route       aid.Route        `json:"route"`
	Aggregator  aid.AggregatorID `json:"aggregator,omitempty"`
	Lines       []lineFile       `json:"lines"`
	PledgedAt   string           `json:"pledgedAt"`
	ContactBy   string           `json:"contactBy,omitempty"` // only while the 2×24 h run
	ContactedAt string           `json:"contactedAt,omitempty"`
	SignedAt    string           `json:"signedAt,omitempty"`
	Letter      string           `json:"letter,omitempty"`     // fingerprint of the signed statement
	ReleasedAt  string           `json:"releasedAt,omitempty"` // no more will be delivered
	EndedAt     string           `json:"endedAt,omitempty"`
	Deliveries  []deliveryFile   `json:"deliveries"`
	// Fingerprints are those of scans that no delivery names: of a BAST sheet or of
	// the hand-signed statement.
	Fingerprints []string    `json:"fingerprints"`
	Timeline     []eventFile `json:"timeline"`
}

// lineFile is one thing promised, and how its units stand.
type lineFile struct {
	Need       aid.NeedID    `json:"need,omitempty"`
	Package    aid.PackageID `json:"package,omitempty"`
	Quantity   int64         `json:"quantity"`
	Unit       string        `json:"unit"`
	Equivalent string        `json:"equivalent,omitempty"`
	Free       string        `json:"free,omitempty"`
	Value      aid.Rupiah    `json:"value"`
	Estimated  bool          `json:"estimated"`
	Committed  int64         `json:"committed"`
	Delivered  int64         `json:"delivered"`
	Received   int64         `json:"received"`
}

// deliveryFile is one hand-over. Quantities have one figure for each line.
type deliveryFile struct {
	Number       aid.BASTNumber `json:"number"`
	On           aid.Day        `json:"on"`
	Quantities   []int64        `json:"quantities"`
	ReportedAt   string         `json:"reportedAt"`
	ReportedBy   aid.Role       `json:"reportedBy"`
	Answer       aid.Answer     `json:"answer,omitempty"`
	Received     []int64        `json:"received,omitempty"`
	AnsweredAt   string         `json:"answeredAt,omitempty"`
	Via          aid.Via        `json:"via,omitempty"`
	Disputed     bool           `json:"disputed"`
	SettledAt    string         `json:"settledAt,omitempty"`
	Fingerprints []string       `json:"fingerprints"` // of the checked files that the report names
}

// eventFile is one public step of a commitment's life.
type eventFile struct {
	At   string   `json:"at"`
	What aid.Move `json:"what"`
	By   aid.Role `json:"by"`
}

// endedFile is a promise that came to nothing. It stands in no total and names
// nobody, so that what lapses can be counted and nobody is pilloried.
type endedFile struct {
	Number    string    `json:"number"`
	State     aid.State `json:"state"`
	PledgedAt string    `json:"pledgedAt"`
	EndedAt   string    `json:"endedAt"`
	Reason    string    `json:"reason,omitempty"`
}

// told are the steps that are published. That a steward did not answer is what
// one side says of a person whose name is public, and when somebody's personal
// data went is theirs to tell.
var told = []aid.Move{
	aid.Verify, aid.Speak, aid.Renew, aid.Schedule, aid.Sign, aid.Report, aid.Receive, aid.Settle, aid.Correct, aid.Release, aid.Lapse,
}

// published returns of a recipient's history what may be published: commitments
// that stand in a total, with their checked evidence, and the bare fact of those
// that were pledged and came to nothing. Who never proved their channel never
// promised anything.
func published(commitments []aid.Commitment, evidence []aid.Evidence) ([]aid.Commitment, []aid.Evidence) {
	shown := make([]aid.Commitment, 0, len(commitments))
	counts := make(map[aid.CommitmentID]bool, len(commitments))
	for _, c := range commitments {
		switch {
		case c.State.Counts():
			counts[c.ID] = true
			shown = append(shown, c)
		case !c.PledgedAt.IsZero():
			shown = append(shown, aid.Commitment{
				ID: c.ID, Recipient: c.Recipient, Leaf: c.Leaf, State: c.State, PledgedAt: c.PledgedAt, EndedAt: c.EndedAt, Reason: c.Reason,
			})
		}
	}
	var checked []aid.Evidence
	for _, e := range evidence {
		if e.State == aid.EvidenceAccepted && counts[e.Commitment] {
			checked = append(checked, e)
		}
	}
	return shown, checked
}

// recipientFile returns what the file of one place says, with what published
// returned of its history.
func recipientFile(p aid.Place, commitments []aid.Commitment, evidence []aid.Evidence, catalogue *aid.Catalogue) RecipientFile {
	r := p.Recipient
	f := RecipientFile{
		Schema: "/data/schemas/recipient.json",
		ID:     r.ID, Name: r.Name, Kind: r.Kind, Area: r.Area, Point: position(r.Point),
		Households: r.Households, People: r.People, Steward: r.Steward, Address: r.Address,
		Flags: append([]aid.Flag{}, r.Flags...), Indicators: append([]aid.Indicator{}, r.Indicators...),
		Demo: r.Demo, Closed: r.Closed, Into: r.Into,
		Needs: []needFile{}, Commitments: []commitmentFile{}, Ended: []endedFile{}, UpdatedAt: instant(p.Activity.UpdatedAt),
	}
	for _, n := range p.Needs {
		f.Needs = append(f.Needs, needFile{
			ID: n.ID, Program: n.Program, Package: n.Package, Unit: catalogue.Packages[n.Package].Unit,
			Needed: n.Needed, Committed: n.Committed, Delivered: n.Delivered, Received: n.Received,
			Remaining: n.Remaining(), Source: n.Source, ConfirmedOn: n.ConfirmedOn, ConfirmedBy: n.ConfirmedBy,
		})
	}
	if plan := p.Activity.Plan; plan != (aid.Plan{}) {
		f.Plan = &planFile{plan.Method, plan.On}
	}
	for _, c := range commitments {
		if !c.State.Counts() {
			f.Ended = append(f.Ended, endedFile{c.ID.Number(), c.State, instant(c.PledgedAt), instant(c.EndedAt), c.Reason})
			continue
		}
		f.Commitments = append(f.Commitments, pledge(c, evidence))
	}
	return f
}

func (f RecipientFile) file() (File, error) {
	body, err := json.Marshal(f)
	if err != nil {
		return File{}, fmt.Errorf("encode recipient %s: %w", f.ID, err)
	}
	return File{
		Path: "data/v1/recipients/" + string(f.ID) + ".json", ContentType: jsonType,
		CacheControl: inPlace, Body: append(body, '\n'),
	}, nil
}

func pledge(c aid.Commitment, evidence []aid.Evidence) commitmentFile {
	f := commitmentFile{
		ID: c.ID, Number: c.ID.Number(), State: c.State, Program: c.Program, Name: c.DisplayName(), Class: c.Class,
		Period: c.Period, Route: c.Route, Aggregator: c.Aggregator, Lines: []lineFile{},
		PledgedAt: instant(c.PledgedAt), ContactedAt: since(c.ContactedAt), SignedAt: since(c.SignedAt), Letter: c.Letter,
		ReleasedAt: since(c.ReleasedAt), EndedAt: since(c.EndedAt),
		Deliveries: []deliveryFile{}, Fingerprints: []string{}, Timeline: []eventFile{},
	}
	if c.Name != "" {
		f.Salt = c.Salt
	}
	if c.ContactedAt.IsZero() {
		f.ContactBy = instant(c.ContactBy)
	}
	if c.Schedule != (aid.Appointment{}) {
		f.Schedule = &c.Schedule
	}
	for i, l := range c.Lines {
		n := c.Line(i)
		f.Lines = append(f.Lines, lineFile{
			Need: l.Need, Package: l.Package, Quantity: l.Quantity, Unit: l.Unit, Equivalent: l.Equivalent, Free: l.Free,
			Value: l.Value, Estimated: l.Estimated, Committed: n.Committed, Delivered: n.Delivered, Received: n.Received,
		})
	}
	for _, d := range c.Deliveries {
		delivery := deliveryFile{
			Number: d.Number, On: d.On, Quantities: d.Quantities, ReportedAt: instant(d.ReportedAt), ReportedBy: d.ReportedBy,
			Answer: d.Answer, Received: d.Received, AnsweredAt: since(d.AnsweredAt), Via: d.Via,
			Disputed: d.Open(), SettledAt: since(d.SettledAt), Fingerprints: []string{},
		}
		for _, e := range evidence {
			if e.Commitment == c.ID && slices.Contains(d.Evidence, e.ID) {
				delivery.Fingerprints = append(delivery.Fingerprints, e.Fingerprint())
			}
		}
		f.Deliveries = append(f.Deliveries, delivery)
	}
	for _, e := range evidence {
		named := slices.ContainsFunc(c.Deliveries, func(d aid.Delivery) bool { return slices.Contains(d.Evidence, e.ID) })
		if e.Commitment == c.ID && !named && (e.Kind == aid.EvidenceBAST || e.Kind == aid.EvidenceStatement) {
			f.Fingerprints = append(f.Fingerprints, e.Fingerprint())
		}
	}
	for _, e := range c.Log {
		if slices.Contains(told, e.Move) {
			f.Timeline = append(f.Timeline, eventFile{instant(e.At), e.Move, e.By})
		}
	}
	return f
}

// since writes an instant, and nothing for one that never came.
func since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return instant(t)
}
