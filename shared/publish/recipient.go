package publish

import (
	"encoding/json"
	"fmt"

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
	Needs       []needFile       `json:"needs"`
	Commitments []commitmentFile `json:"commitments"`
	UpdatedAt   string           `json:"updatedAt"`
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

type commitmentFile struct {
	ID         aid.CommitmentID `json:"id"`
	Number     string           `json:"number"`
	State      aid.State        `json:"state"`
	Program    aid.ProgramID    `json:"program"`
	Name       string           `json:"name"`
	Class      aid.Class        `json:"class"`
	Period     aid.Period       `json:"period"`
	Route      aid.Route        `json:"route"`
	Aggregator aid.AggregatorID `json:"aggregator,omitempty"`
	Lines      []lineFile       `json:"lines"`
	PledgedAt  string           `json:"pledgedAt"`
	ContactBy  string           `json:"contactBy,omitempty"`
}

type lineFile struct {
	Need       aid.NeedID    `json:"need,omitempty"`
	Package    aid.PackageID `json:"package,omitempty"`
	Quantity   int64         `json:"quantity"`
	Unit       string        `json:"unit"`
	Equivalent string        `json:"equivalent,omitempty"`
	Free       string        `json:"free,omitempty"`
	Value      aid.Rupiah    `json:"value"`
	Estimated  bool          `json:"estimated"`
}

// recipientFile returns the file of one place. Commitments that stand in no
// published total are left out: nobody promised anything yet, or any more.
func recipientFile(p aid.Place, commitments []aid.Commitment, catalogue *aid.Catalogue) (File, error) {
	r := p.Recipient
	f := RecipientFile{
		Schema: "/data/schemas/recipient.json",
		ID:     r.ID, Name: r.Name, Kind: r.Kind, Area: r.Area, Point: position(r.Point),
		Households: r.Households, People: r.People, Steward: r.Steward, Address: r.Address,
		Flags: append([]aid.Flag{}, r.Flags...), Indicators: append([]aid.Indicator{}, r.Indicators...),
		Demo: r.Demo, Closed: r.Closed,
		Needs: []needFile{}, Commitments: []commitmentFile{}, UpdatedAt: instant(p.Activity.UpdatedAt),
	}
	for _, n := range p.Needs {
		f.Needs = append(f.Needs, needFile{
			ID: n.ID, Program: n.Program, Package: n.Package, Unit: catalogue.Packages[n.Package].Unit,
			Needed: n.Needed, Committed: n.Committed, Delivered: n.Delivered, Received: n.Received,
			Remaining: n.Remaining(), Source: n.Source, ConfirmedOn: n.ConfirmedOn, ConfirmedBy: n.ConfirmedBy,
		})
	}
	for _, c := range commitments {
		pledge := commitmentFile{
			ID: c.ID, Number: c.ID.Number(), State: c.State, Program: c.Program, Name: c.DisplayName(), Class: c.Class,
			Period: c.Period, Route: c.Route, Aggregator: c.Aggregator, Lines: []lineFile{}, PledgedAt: instant(c.PledgedAt),
		}
		if c.State == aid.Pledged {
			pledge.ContactBy = instant(c.ContactBy)
		}
		for _, l := range c.Lines {
			pledge.Lines = append(pledge.Lines, lineFile(l))
		}
		f.Commitments = append(f.Commitments, pledge)
	}
	body, err := json.Marshal(f)
	if err != nil {
		return File{}, fmt.Errorf("encode recipient %s: %w", r.ID, err)
	}
	return File{
		Path: "data/v1/recipients/" + string(r.ID) + ".json", ContentType: jsonType,
		CacheControl: inPlace, Body: append(body, '\n'),
	}, nil
}

// counting returns the commitments that stand in a published total.
func counting(commitments []aid.Commitment) []aid.Commitment {
	public := make([]aid.Commitment, 0, len(commitments))
	for _, c := range commitments {
		if c.State.Counts() {
			public = append(public, c)
		}
	}
	return public
}
