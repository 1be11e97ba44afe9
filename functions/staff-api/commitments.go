package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/evidence"
	"ksbb/shared/table"
)

// commitmentStore is the part of the tables that commitments are read from.
type commitmentStore interface {
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Find(ctx context.Context, number string) (aid.RecipientID, aid.CommitmentID, error)
	Locate(context.Context, aid.CommitmentID) (aid.RecipientID, error)
	EvidenceOf(context.Context, aid.RecipientID, aid.CommitmentID) ([]aid.Evidence, error)
	LooksAtCollaborator(context.Context, aid.CommitmentID) ([]table.Look, error)
	Audit(ctx context.Context, q table.AuditQuery, cursor string, limit int) ([]table.Act, string, error)
}

func (s *server) registerCommitments(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "listStaffCommitments", Method: http.MethodGet, Path: "/v1/staff/commitments",
		Summary:     "Commitments of an area, of a recipient, or with a number",
		Description: "A page may be empty and have another one after it.",
	}, s.listCommitments)
	huma.Register(api, huma.Operation{
		OperationID: "getStaffCommitment", Method: http.MethodGet, Path: "/v1/staff/commitments/{id}",
		Summary: "One commitment with everything that helps to decide about it",
	}, s.getCommitment)
}

// Bodies that more than one operation answers.

type personBody struct {
	ID   aid.OfficerID `json:"id"`
	Name string        `json:"name"`
	Role aid.StaffRole `json:"role,omitempty"`
}

type namedBody struct {
	ID   aid.RecipientID `json:"id"`
	Name string          `json:"name"`
}

type staffCommitmentBody struct {
	ID          aid.CommitmentID    `json:"id"`
	Number      string              `json:"number"`
	Version     int64               `json:"version"`
	State       aid.State           `json:"state"`
	Name        string              `json:"name" doc:"As it is shown to everybody"`
	NameHidden  bool                `json:"nameHidden" doc:"The name was hidden by an officer"`
	GivenName   string              `json:"givenName,omitempty" doc:"The name that was hidden; of one commitment only"`
	Moderated   bool                `json:"moderated" doc:"Somebody has looked at its name and texts; of one commitment only"`
	Class       aid.Class           `json:"class"`
	Demo        bool                `json:"demo" doc:"Invented for a demonstration"`
	Own         bool                `json:"own" doc:"A promise of the caller as a private person, about which they decide nothing"`
	Recipient   namedBody           `json:"recipient"`
	Area        area.Code           `json:"area"`
	AreaName    string              `json:"areaName"`
	Program     aid.ProgramID       `json:"program"`
	ProgramName string              `json:"programName"`
	Route       aid.Route           `json:"route"`
	Aggregator  *aggregatorBody     `json:"aggregator,omitempty"`
	Lines       []promiseBody       `json:"lines"`
	Period      daysBody            `json:"period"`
	Schedule    *appointmentBody    `json:"schedule,omitempty"`
	PledgedAt   time.Time           `json:"pledgedAt"`
	ContactBy   *time.Time          `json:"contactBy,omitempty" doc:"End of the 2×24 h, while they run"`
	ContactedAt *time.Time          `json:"contactedAt,omitempty"`
	SilentAt    *time.Time          `json:"silentAt,omitempty" doc:"The person in charge was said not to answer"`
	SignedAt    *time.Time          `json:"signedAt,omitempty"`
	ReleasedAt  *time.Time          `json:"releasedAt,omitempty"`
	EndedAt     *time.Time          `json:"endedAt,omitempty"`
	Reason      string              `json:"reason,omitempty" doc:"Of a withdrawal or release"`
	Deliveries  []staffDeliveryBody `json:"deliveries" doc:"Oldest first"`
	BAST        aid.BASTNumber      `json:"bast" doc:"Number of the next hand-over sheet"`
	May         []string            `json:"may" doc:"What the caller may decide now"`
}

type promiseBody struct {
	Need        aid.NeedID    `json:"need,omitempty"`
	Package     aid.PackageID `json:"package,omitempty" doc:"Absent for aid outside any need"`
	Name        string        `json:"name"`
	Unit        string        `json:"unit"`
	Quantity    int64         `json:"quantity"`
	Equivalent  string        `json:"equivalent,omitempty"`
	Free        string        `json:"free,omitempty" doc:"Description of aid outside any need"`
	Hidden      bool          `json:"hidden" doc:"Its text was hidden by an officer"`
	Value       aid.Rupiah    `json:"value"`
	Estimated   bool          `json:"estimated" doc:"The value is the collaborator's own estimate"`
	Committed   int64         `json:"committed" doc:"Promised and still expected"`
	Delivered   int64         `json:"delivered" doc:"Reported and not yet confirmed"`
	Received    int64         `json:"received" doc:"Confirmed"`
	Outstanding int64         `json:"outstanding" doc:"May still be reported"`
}

type daysBody struct {
	From aid.Day `json:"from"`
	To   aid.Day `json:"to"`
}

type appointmentBody struct {
	On   aid.Day `json:"on"`
	From string  `json:"from,omitempty"`
	To   string  `json:"to,omitempty"`
}

type staffDeliveryBody struct {
	ID         aid.DeliveryID   `json:"id"`
	Number     aid.BASTNumber   `json:"number" doc:"Of the hand-over record"`
	On         aid.Day          `json:"on"`
	Quantities []int64          `json:"quantities" doc:"What was reported, one figure for each line"`
	Evidence   []aid.EvidenceID `json:"evidence"`
	ReportedAt time.Time        `json:"reportedAt"`
	ReportedBy aid.Role         `json:"reportedBy"`
	Answer     aid.Answer       `json:"answer,omitempty" enum:"full,fewer,none"`
	Received   []int64          `json:"received,omitempty" doc:"What was confirmed, one figure for each line"`
	AnsweredAt *time.Time       `json:"answeredAt,omitempty"`
	Via        aid.Via          `json:"via,omitempty" enum:"steward,handover,bast,officer"`
	Open       bool             `json:"open" doc:"The two sides differ; the lower figure counts"`
	SettledAt  *time.Time       `json:"settledAt,omitempty"`
	SettledBy  aid.Role         `json:"settledBy,omitempty"`
}

// found is a commitment with the place that it is for.
type found struct {
	aid.Commitment
	place aid.Place
	self  bool // a promise of the caller as a private person
}

// matter is what of a commitment decides who may do something to it.
func (f found) matter() aid.Matter {
	return aid.Matter{Area: f.place.Recipient.Area, Aggregator: f.Aggregator, Self: f.self}
}

// object names the commitment in the trail.
func (f found) object() string { return commitmentObject(f.ID) }

func commitmentObject(id aid.CommitmentID) string { return "commitment/" + string(id) }

var errNoCommitment = fmt.Errorf("commitment: %w", aid.ErrNotFound)

// find returns a commitment that the caller may do a deed to. One that was never
// verified holds no promise, and is nobody's business here.
func (s *server) find(ctx context.Context, who caller, d aid.Deed, id aid.CommitmentID) (found, error) {
	r, err := s.store.Locate(ctx, id)
	if err != nil {
		return found{}, err
	}
	c, err := s.store.Commitment(ctx, r, id)
	if err != nil {
		return found{}, err
	}
	if c.PledgedAt.IsZero() {
		return found{}, errNoCommitment
	}
	place, _, err := s.store.Place(ctx, r)
	if err != nil {
		return found{}, err
	}
	f := found{Commitment: c, place: place}
	if f.self, err = s.self(ctx, who, c); err != nil {
		return found{}, err
	}
	return f, who.may(d, f.matter())
}

// self tells whether a commitment is a promise of the caller as a private
// person, by the address that they sign in with.
func (s *server) self(ctx context.Context, who caller, c aid.Commitment) (bool, error) {
	email, ok := aid.CleanEmail(who.email)
	if !ok {
		return false, nil
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return false, err
	}
	return aid.CollaboratorOf(key, email) == c.Collaborator, nil
}

type listCommitmentsInput struct {
	State      string           `query:"state" enum:"pledged,contacted,scheduled,signed,delivered,received,disputed,lapsed,withdrawn"`
	Program    aid.ProgramID    `query:"program" maxLength:"60"`
	Aggregator aid.AggregatorID `query:"aggregator" maxLength:"60"`
	Area       string           `query:"area" maxLength:"30" doc:"A kecamatan, a kelurahan or below; an aggregator may name any area"`
	Recipient  aid.RecipientID  `query:"recipient" maxLength:"80"`
	Number     string           `query:"number" maxLength:"30" doc:"K-…, as people write it"`
	Cursor     string           `query:"cursor" maxLength:"200"`
	Limit      int              `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type commitmentsAnswer struct {
	Body struct {
		Items []staffCommitmentBody `json:"items"`
		Next  string                `json:"next,omitempty" doc:"Cursor of the page that follows"`
	}
}

// listCommitments answers a page of commitments. What is not the caller's to see
// is not among them.
func (s *server) listCommitments(ctx context.Context, in *listCommitmentsInput) (*commitmentsAnswer, error) {
	who, err := s.role(ctx, aid.ReadCommitments)
	if err != nil {
		return nil, err
	}
	a := &commitmentsAnswer{}
	a.Body.Items = []staffCommitmentBody{}
	add := func(c aid.Commitment, place aid.Place) error {
		f := found{Commitment: c, place: place}
		if c.PledgedAt.IsZero() || !in.fits(c) || who.may(aid.ReadCommitments, f.matter()) != nil {
			return nil
		}
		if f.self, err = s.self(ctx, who, c); err != nil {
			return err
		}
		a.Body.Items = append(a.Body.Items, s.commitmentBodyOf(f, who))
		return nil
	}
	switch {
	case in.Number != "":
		number, ok := aid.CleanNumber(in.Number)
		if !ok {
			return a, nil
		}
		r, id, err := s.store.Find(ctx, number)
		if errors.Is(err, aid.ErrNotFound) {
			return a, nil
		}
		if err != nil {
			return nil, err
		}
		f, err := s.find(ctx, who, aid.ReadCommitments, id)
		if errors.Is(err, aid.ErrNotFound) {
			return a, nil
		}
		if err != nil {
			return nil, fmt.Errorf("commitment of %s: %w", r, err)
		}
		return a, add(f.Commitment, f.place)
	case in.Recipient != "":
		place, _, err := s.store.Place(ctx, in.Recipient)
		if errors.Is(err, aid.ErrNotFound) {
			return a, nil
		}
		if err != nil {
			return nil, err
		}
		return a, s.eachCommitment(ctx, place, add)
	}
	within, err := area.Parse(in.Area)
	if err != nil {
		return nil, invalid("/area", "required", "want an area, a recipient or a number")
	}
	if within.Level() < area.Kecamatan && who.Role != aid.StaffAggregator {
		return nil, invalid("/area", "too_large", "want a kecamatan, a kelurahan or less")
	}
	a.Body.Next, err = s.walk(ctx, within, in.Cursor, func(place aid.Place) (bool, error) {
		err := s.eachCommitment(ctx, place, add)
		return len(a.Body.Items) < in.Limit, err
	})
	return a, err
}

// fits tells whether a commitment is among those that are asked for.
func (in *listCommitmentsInput) fits(c aid.Commitment) bool {
	return (in.State == "" || c.State == aid.State(in.State)) && (in.Program == "" || c.Program == in.Program) &&
		(in.Aggregator == "" || c.Aggregator == in.Aggregator)
}

// placesPerPage is how many recipients with commitments one page looks at: each
// is a query.
const placesPerPage = 60

// walk calls visit with the places of an area that ever had a commitment, from
// where a cursor left off, until visit has enough or a page's share was looked
// at. It returns the cursor to go on from, empty at the end.
func (s *server) walk(ctx context.Context, within area.Code, cursor string, visit func(aid.Place) (more bool, err error)) (next string, err error) {
	after, last, _ := strings.Cut(cursor, "/")
	looked := 0
	for _, leaf := range s.pack.Leaves() {
		name := leaf.String()
		if !within.Contains(leaf.Area) && !leaf.Area.Contains(within) || after != "" && name < after {
			continue
		}
		places, err := s.store.Leaf(ctx, leaf)
		if err != nil {
			return "", err
		}
		for _, p := range places {
			if !within.Contains(p.Recipient.Area) || p.Activity.Pledged == 0 || name == after && string(p.Recipient.ID) <= last {
				continue
			}
			more, err := visit(p)
			if err != nil {
				return "", err
			}
			if looked++; !more || looked == placesPerPage {
				return name + "/" + string(p.Recipient.ID), nil
			}
		}
	}
	return "", nil
}

// eachCommitment calls add with the commitments of a place, the newest first.
func (s *server) eachCommitment(ctx context.Context, place aid.Place, add func(aid.Commitment, aid.Place) error) error {
	all, err := s.store.Commitments(ctx, place.Recipient.ID)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b aid.Commitment) int {
		return cmp.Or(b.PledgedAt.Compare(a.PledgedAt), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range all {
		if err := add(c, place); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) commitmentBodyOf(f found, who caller) staffCommitmentBody {
	c := f.Commitment
	program, _ := s.region.Last().Program(c.Program)
	body := staffCommitmentBody{
		ID: c.ID, Number: c.ID.Number(), Version: c.Version, State: c.State, Name: c.DisplayName(), NameHidden: c.NameHidden, Class: c.Class, Demo: c.Demo, Own: f.self,
		Recipient: namedBody{c.Recipient, f.place.Recipient.Name}, Area: f.place.Recipient.Area, AreaName: s.placeOf(f.place.Recipient.Area),
		Program: c.Program, ProgramName: cmp.Or(program.Name, string(c.Program)), Route: c.Route, Lines: make([]promiseBody, len(c.Lines)),
		Period: daysBody(c.Period), PledgedAt: c.PledgedAt, ContactedAt: happened(c.ContactedAt), SilentAt: happened(c.SilentAt), SignedAt: happened(c.SignedAt),
		ReleasedAt: happened(c.ReleasedAt), EndedAt: happened(c.EndedAt), Reason: c.Reason, Deliveries: make([]staffDeliveryBody, len(c.Deliveries)),
		BAST: c.NextBAST(), May: mayDecide(who, f),
	}
	if c.Aggregator != "" {
		body.Aggregator = &aggregatorBody{c.Aggregator, s.aggregatorName(c.Aggregator)}
	}
	if c.ContactedAt.IsZero() && c.State.Counts() {
		body.ContactBy = happened(c.ContactBy)
	}
	if c.Schedule.On != "" {
		agreed := appointmentBody(c.Schedule)
		body.Schedule = &agreed
	}
	outstanding := c.Outstanding()
	for i, l := range c.Lines {
		name, stands := l.Free, c.Line(i)
		if l.Need != "" {
			name = cmp.Or(s.catalogue().Packages[l.Package].Name, string(l.Package))
		}
		body.Lines[i] = promiseBody{
			Need: l.Need, Package: l.Package, Name: name, Unit: l.Unit, Quantity: l.Quantity, Equivalent: l.Equivalent, Free: l.Free, Value: l.Value,
			Estimated: l.Estimated, Hidden: slices.Contains(c.TextsHidden, i), Committed: stands.Committed, Delivered: stands.Delivered, Received: stands.Received, Outstanding: outstanding[i],
		}
	}
	for i, d := range c.Deliveries {
		body.Deliveries[i] = staffDeliveryBody{
			ID: d.ID, Number: d.Number, On: d.On, Quantities: d.Quantities, Evidence: append([]aid.EvidenceID{}, d.Evidence...), ReportedAt: d.ReportedAt,
			ReportedBy: d.ReportedBy, Answer: d.Answer, Received: d.Received, AnsweredAt: happened(d.AnsweredAt), Via: d.Via, Open: d.Open(),
			SettledAt: happened(d.SettledAt), SettledBy: d.SettledBy,
		}
	}
	return body
}

func happened(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// invalid refuses one member.
func invalid(pointer, code, detail string) error {
	return &aid.InvalidError{Fields: []aid.Field{{Pointer: pointer, Code: code, Detail: detail}}}
}

type oneCommitmentInput struct {
	ID aid.CommitmentID `path:"id" maxLength:"64"`
}

type caseAnswer struct{ Body caseBody }

// caseBody is everything side by side that helps to decide about a commitment.
type caseBody struct {
	Commitment staffCommitmentBody `json:"commitment"`
	Place      placeBody           `json:"place"`
	Evidence   []evidenceBody      `json:"evidence"`
	Warnings   []warningBody       `json:"warnings"`
	Notes      []noteBody          `json:"notes" doc:"What colleagues wrote, oldest first"`
	Assigned   *personBody         `json:"assigned,omitempty" doc:"On whose desk it lies"`
	History    []stepBody          `json:"history" doc:"Newest first"`
	Seen       []seenBody          `json:"seen" doc:"To whom the collaborator's contact was shown, oldest first"`
}

type placeBody struct {
	ID         aid.RecipientID `json:"id"`
	Name       string          `json:"name"`
	Kind       aid.KindID      `json:"kind"`
	KindName   string          `json:"kindName"`
	Area       area.Code       `json:"area"`
	AreaName   string          `json:"areaName"`
	Address    string          `json:"address,omitempty"`
	Point      [2]float64      `json:"point" doc:"Longitude and latitude"`
	Households int64           `json:"households"`
	People     int64           `json:"people"`
	Steward    string          `json:"steward" doc:"Name of the person in charge, which is public"`
	Demo       bool            `json:"demo"`
	Closed     bool            `json:"closed"`
	Needs      []placeNeedBody `json:"needs"`
}

type placeNeedBody struct {
	ID          aid.NeedID    `json:"id"`
	Package     aid.PackageID `json:"package"`
	Name        string        `json:"name"`
	Unit        string        `json:"unit"`
	Needed      int64         `json:"needed"`
	Committed   int64         `json:"committed"`
	Delivered   int64         `json:"delivered"`
	Received    int64         `json:"received"`
	Remaining   int64         `json:"remaining"`
	ConfirmedOn aid.Day       `json:"confirmedOn"`
}

type evidenceBody struct {
	ID         aid.EvidenceID      `json:"id"`
	Kind       aid.EvidenceKind    `json:"kind"`
	Type       string              `json:"type"`
	Length     int64               `json:"length"`
	SHA256     string              `json:"sha256"`
	State      aid.EvidenceState   `json:"state"`
	Refusal    aid.EvidenceRefusal `json:"refusal,omitempty"`
	Review     aid.Review          `json:"review,omitempty" enum:"approved,rejected"`
	ReviewedAt *time.Time          `json:"reviewedAt,omitempty"`
	Version    int64               `json:"version" doc:"Rises with every review"`
	At         time.Time           `json:"at"`
	Thumb      string              `json:"thumb,omitempty" doc:"Address of a small picture, good for five minutes"`
	Staff      bool                `json:"staff" doc:"Brought by a member of staff"`
	Own        bool                `json:"own" doc:"Brought by the caller, who does not review it"`
	Display    string              `json:"display,omitempty" doc:"Address of the picture without metadata, or of the PDF, good for five minutes"`
}

type warningBody struct {
	Code   string     `json:"code" enum:"same-phone,same-picture,over-need,far-away,duplicate"`
	With   []withBody `json:"with" doc:"The commitments that it is about"`
	Line   *int       `json:"line,omitempty" doc:"over-need: which line"`
	Metres int64      `json:"metres,omitempty" doc:"far-away: how far the other place is"`
}

type withBody struct {
	ID     aid.CommitmentID `json:"id"`
	Number string           `json:"number"`
}

// stepBody is a move of the commitment, or something that a member of staff did
// about it.
type stepBody struct {
	At       time.Time   `json:"at"`
	Move     aid.Move    `json:"move,omitempty"`
	Role     aid.Role    `json:"role,omitempty" doc:"Of a move: on whose behalf"`
	Delivery int         `json:"delivery,omitempty" doc:"Of a move: which of the deliveries, from 1"`
	Received []int64     `json:"received,omitempty" doc:"Of a move: what that delivery stood at after it"`
	Action   string      `json:"action,omitempty" doc:"Of staff: what was done"`
	By       *personBody `json:"by,omitempty" doc:"Of staff: by whom"`
	Reason   string      `json:"reason,omitempty" doc:"Of staff: why"`

	Evidence aid.EvidenceID `json:"evidence,omitempty" doc:"Of staff: to which file of the commitment"`
}

type seenBody struct {
	At time.Time `json:"at"`
	By aid.Role  `json:"by"`
}

// getCommitment answers one commitment side by side with what helps to decide.
func (s *server) getCommitment(ctx context.Context, in *oneCommitmentInput) (*caseAnswer, error) {
	who, err := s.role(ctx, aid.ReadCommitments)
	if err != nil {
		return nil, err
	}
	return s.answerCase(ctx, who, in.ID)
}

func (s *server) answerCase(ctx context.Context, who caller, id aid.CommitmentID) (*caseAnswer, error) {
	f, err := s.find(ctx, who, aid.ReadCommitments, id)
	if err != nil {
		return nil, err
	}
	files, err := s.store.EvidenceOf(ctx, f.Recipient, f.ID)
	if err != nil {
		return nil, err
	}
	body := caseBody{Commitment: s.commitmentBodyOf(f, who), Place: s.placeBodyOf(f.place), Evidence: []evidenceBody{}, Seen: []seenBody{}}
	for _, e := range files {
		if e.State == aid.EvidenceAwaited {
			continue // it never came, or has not been looked at yet
		}
		shown, err := s.evidenceBodyOf(ctx, e)
		if err != nil {
			return nil, err
		}
		by, err := s.bringer(ctx, e)
		if err != nil {
			return nil, err
		}
		shown.Own = by == who.ID
		body.Evidence = append(body.Evidence, shown)
	}
	body.Warnings = []warningBody{}
	// What one giver's promises have in common is no business of an aggregator, which
	// carries some of them.
	if who.Role != aid.StaffAggregator {
		if body.Warnings, err = s.warnings(ctx, f, files); err != nil {
			return nil, err
		}
	}
	if body.History, err = s.history(ctx, who, f, files); err != nil {
		return nil, err
	}
	looks, err := s.store.LooksAtCollaborator(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	for _, l := range looks {
		body.Seen = append(body.Seen, seenBody{l.At, l.By})
	}
	if err := s.judged(ctx, who, f, &body.Commitment); err != nil {
		return nil, err
	}
	body.Assigned, body.Notes, err = s.deskOf(ctx, who, f.object())
	if err != nil {
		return nil, err
	}
	return &caseAnswer{body}, nil
}

// judged adds how what a commitment shows was judged, for whoever judges it.
func (s *server) judged(ctx context.Context, who caller, f found, body *staffCommitmentBody) error {
	if who.may(aid.ModerateTexts, f.matter()) != nil {
		return nil
	}
	m, err := s.moderationOf(ctx, f.Commitment)
	if err != nil {
		return err
	}
	body.GivenName, body.Moderated = m.hidden.Name, m.known && !m.DecidedAt.IsZero()
	body.May = append(body.May, m.decisions(f.Commitment)...)
	return nil
}

func (s *server) placeBodyOf(p aid.Place) placeBody {
	r := p.Recipient
	kind, _ := s.pack.Kind(r.Kind)
	body := placeBody{
		ID: r.ID, Name: r.Name, Kind: r.Kind, KindName: cmp.Or(kind.Name, string(r.Kind)), Area: r.Area, AreaName: s.placeOf(r.Area), Address: r.Address,
		Point: [2]float64{r.Point.Lng, r.Point.Lat}, Households: r.Households, People: r.People, Steward: r.Steward, Demo: r.Demo, Closed: r.Closed,
		Needs: make([]placeNeedBody, len(p.Needs)),
	}
	for i, n := range p.Needs {
		about := s.catalogue().Packages[n.Package]
		body.Needs[i] = placeNeedBody{
			n.ID, n.Package, cmp.Or(about.Name, string(n.Package)), about.Unit, n.Needed, n.Committed, n.Delivered, n.Received, n.Remaining(), n.ConfirmedOn,
		}
	}
	return body
}

// evidenceBodyOf shows an accepted file by addresses that are good for some
// minutes.
func (s *server) evidenceBodyOf(ctx context.Context, e aid.Evidence) (evidenceBody, error) {
	body := evidenceBody{ID: e.ID, Kind: e.Kind, Type: e.Type, Length: e.Length, SHA256: e.SHA256, State: e.State, Refusal: e.Refusal, At: e.At,
		Review: e.Review, ReviewedAt: happened(e.ReviewedAt), Version: e.ReviewVersion, Staff: e.ByStaff}
	if e.State != aid.EvidenceAccepted {
		return body, nil
	}
	if !strings.HasPrefix(e.Type, "image/") {
		// A PDF is not drawn: what was checked is the file itself, in that version.
		signed, err := s.evidence.SignGet(ctx, e.Path(), e.Version, e.Type, string(e.Kind)+"-"+string(e.ID)+".pdf")
		body.Display = signed.URL
		return body, err
	}
	thumb, err := s.evidence.SignGet(ctx, evidence.ThumbPath(e), "", "image/jpeg", "")
	if err != nil {
		return body, err
	}
	display, err := s.evidence.SignGet(ctx, evidence.DisplayPath(e), "", "image/jpeg", "")
	body.Thumb, body.Display = thumb.URL, display.URL
	return body, err
}

// actsShown is how many of the latest acts of staff are shown beside a
// commitment.
const actsShown = 50

// history puts the moves of a commitment together with what staff did about it,
// the newest first.
func (s *server) history(ctx context.Context, who caller, f found, files []aid.Evidence) ([]stepBody, error) {
	steps := []stepBody{}
	for _, e := range f.Log {
		steps = append(steps, stepBody{At: e.At, Move: e.Move, Role: e.By, Delivery: e.Delivery, Received: e.Received})
	}
	done, err := s.caseActs(ctx, who, f.ID, files)
	if err != nil {
		return nil, err
	}
	steps = append(steps, done...)
	slices.SortStableFunc(steps, func(a, b stepBody) int { return b.At.Compare(a.At) })
	return steps, nil
}

// caseActs returns what staff did about a commitment and about its files, the
// newest first: they are one case.
func (s *server) caseActs(ctx context.Context, who caller, id aid.CommitmentID, files []aid.Evidence) ([]stepBody, error) {
	steps, err := s.acts(ctx, who, commitmentObject(id))
	if err != nil {
		return nil, err
	}
	for _, e := range files {
		if e.ReviewVersion == 0 {
			continue // nobody has said anything of it
		}
		done, err := s.acts(ctx, who, evidenceObject(e.ID))
		if err != nil {
			return nil, err
		}
		for _, step := range done {
			step.Evidence = e.ID
			steps = append(steps, step)
		}
	}
	slices.SortStableFunc(steps, func(a, b stepBody) int { return b.At.Compare(a.At) })
	return steps, nil
}

// placeOf names an area so that it is told from others of the same name: an RW
// with its kelurahan.
func (s *server) placeOf(code area.Code) string {
	name := s.pack.AreaName(code)
	if code.Level() == area.RW {
		name += ", " + s.pack.AreaName(code.Parent())
	}
	return name
}
