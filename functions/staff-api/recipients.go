package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/nyaruka/phonenumbers"
	"golang.org/x/sync/errgroup"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/intake"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

// recipientStore is the part of the tables that recipients, their needs and
// links are read from and written to.
type recipientStore interface {
	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Corrections(context.Context, aid.Leaf) ([]aid.Correction, error)
	PutRecipient(context.Context, table.RecipientEdit) error
	CloseRecipient(context.Context, table.Closing) error
	Versions(context.Context, aid.RecipientID) ([]aid.RecipientVersion, error)
	PutNeed(context.Context, table.NeedEdit) error
	ConfirmNeed(ctx context.Context, leaf aid.Leaf, need aid.NeedID, still bool, on aid.Day, by string, at time.Time) error

	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
	StewardsWith(ctx context.Context, phone string) ([]aid.RecipientID, error)
	LooksAtSteward(context.Context, aid.RecipientID) ([]table.Look, error)
	Access(context.Context, aid.RecipientID) (table.Access, error)
	ReplaceLink(ctx context.Context, r aid.RecipientID, version int) error

	Key(context.Context) ([]byte, error)
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
	Record(context.Context, table.Act) error
	Acted(ctx context.Context, id string) (table.Act, bool, error)

	exportStore
}

func (s *server) registerRecipients(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "listRecipients", Method: http.MethodGet, Path: "/v1/staff/recipients",
		Summary:     "Recipients of an area, by name, address or kind",
		Description: "A page may be empty and have another one after it.",
	}, s.listRecipients)
	huma.Register(api, huma.Operation{
		OperationID: "getRecipient", Method: http.MethodGet, Path: "/v1/staff/recipients/{id}",
		Summary: "One recipient with its needs, its past, and which others it may be",
	}, s.getRecipient)
	huma.Register(api, huma.Operation{
		OperationID: "putRecipient", Method: http.MethodPut, Path: "/v1/staff/recipients/{id}",
		Summary:     "List a recipient, or say anew what is known about it",
		Description: "Version 0 lists a new one. What has changed since the version that one has seen is refused as stale.",
	}, s.putRecipient)
	huma.Register(api, huma.Operation{
		OperationID: "closeRecipient", Method: http.MethodPost, Path: "/v1/staff/recipients/{id}/closure",
		Summary: "Close a recipient, or open it again", Description: "Of its needs only what is promised stays needed.",
	}, s.closeRecipient)
	huma.Register(api, huma.Operation{
		OperationID: "mergeRecipient", Method: http.MethodPost, Path: "/v1/staff/recipients/{id}/merge",
		Summary:     "Close a recipient that is listed twice, and lead on to the other",
		Description: "One to which something is promised and not received yet is refused with the code promised: its merge is proposed, and another member of staff decides.",
	}, s.mergeRecipient)
	s.registerNeeds(api)
	s.registerLinks(api)
	s.registerExports(api)
}

// Bodies.

type recipientAnswer struct{ Body recipientBody }

type recipientBody struct {
	ID         aid.RecipientID    `json:"id"`
	Version    int64              `json:"version"`
	Name       string             `json:"name"`
	Kind       aid.KindID         `json:"kind"`
	KindName   string             `json:"kindName"`
	Area       area.Code          `json:"area"`
	AreaName   string             `json:"areaName" doc:"Of the kelurahan"`
	Point      pointBody          `json:"point"`
	Households int64              `json:"households"`
	People     int64              `json:"people"`
	Address    string             `json:"address"`
	Steward    stewardBody        `json:"steward" doc:"Who answers for it; phone and e-mail are masked"`
	Flags      []flagBody         `json:"flags"`
	Indicators []indicatorBody    `json:"indicators"`
	Demo       bool               `json:"demo" doc:"Invented for a demonstration"`
	Closed     bool               `json:"closed" doc:"Takes no new commitment"`
	Into       aid.RecipientID    `json:"into,omitempty" doc:"The recipient that it turned out to be"`
	Open       int64              `json:"open" doc:"Commitments that hold a promise"`
	Needs      []recipientNeed    `json:"needs"`
	Versions   []versionBody      `json:"versions" doc:"What offices changed, the latest first"`
	Looks      []recipientLook    `json:"looks" doc:"Who saw the contact, oldest first"`
	Duplicates []duplicateBody    `json:"duplicates" doc:"Recipients that it may be listed as, too"`
	Warnings   []recipientWarning `json:"warnings" doc:"What looks wrong and may be right"`
	UpdatedAt  *time.Time         `json:"updatedAt,omitempty"`
}

type pointBody struct {
	Lng float64 `json:"lng" minimum:"-180" maximum:"180"`
	Lat float64 `json:"lat" minimum:"-90" maximum:"90"`
}

type stewardBody struct {
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

type flagBody struct {
	ID     aid.FlagID `json:"id" maxLength:"60"`
	On     aid.Day    `json:"on" maxLength:"10"`
	Source string     `json:"source" maxLength:"80"`
}

type indicatorBody struct {
	ID     aid.IndicatorID `json:"id" maxLength:"60"`
	Value  int64           `json:"value" minimum:"0"`
	On     aid.Day         `json:"on" maxLength:"10"`
	Source string          `json:"source" maxLength:"80"`
}

type recipientNeed struct {
	ID          aid.NeedID    `json:"id"`
	Version     int64         `json:"version"`
	Package     aid.PackageID `json:"package"`
	Name        string        `json:"name"`
	Unit        string        `json:"unit"`
	Program     aid.ProgramID `json:"program"`
	Needed      int64         `json:"needed"`
	Committed   int64         `json:"committed"`
	Delivered   int64         `json:"delivered"`
	Received    int64         `json:"received"`
	Remaining   int64         `json:"remaining"`
	Source      string        `json:"source"`
	ConfirmedOn aid.Day       `json:"confirmedOn"`
	ConfirmedBy string        `json:"confirmedBy"`
	Stale       bool          `json:"stale" doc:"Was not confirmed for so long that somebody should ask"`
}

type versionBody struct {
	Version int64         `json:"version"`
	From    time.Time     `json:"from"`
	By      aid.StaffRole `json:"by" doc:"In which role; who it was stands in the audit trail"`
	Change  []string      `json:"change" doc:"Which members changed; none where it was listed"`
}

type recipientLook struct {
	At time.Time `json:"at"`
	By aid.Role  `json:"by"`
}

type duplicateBody struct {
	ID   aid.RecipientID `json:"id"`
	Name string          `json:"name"`
	Why  []string        `json:"why" enum:"name,near,phone"`
}

type recipientWarning struct {
	Code   string `json:"code" enum:"far-from-area"`
	Metres int64  `json:"metres,omitempty" doc:"From the middle of the kelurahan"`
}

// Listing.

type recipientsInput struct {
	Area   string     `query:"area" maxLength:"20"`
	Kind   aid.KindID `query:"kind" maxLength:"60"`
	Q      string     `query:"q" maxLength:"80" doc:"Words of the name or address, or the beginning of the identifier"`
	Closed bool       `query:"closed" doc:"Closed ones, too"`
	Cursor string     `query:"cursor" maxLength:"200"`
	Limit  int        `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type recipientsAnswer struct {
	Body struct {
		Items []recipientRow `json:"items"`
		Next  string         `json:"next,omitempty" doc:"Cursor of the page that follows"`
	}
}

type recipientRow struct {
	ID         aid.RecipientID `json:"id"`
	Version    int64           `json:"version"`
	Name       string          `json:"name"`
	Kind       aid.KindID      `json:"kind"`
	KindName   string          `json:"kindName"`
	Area       area.Code       `json:"area"`
	AreaName   string          `json:"areaName" doc:"Of the kelurahan"`
	Households int64           `json:"households"`
	People     int64           `json:"people"`
	Steward    string          `json:"steward"`
	Closed     bool            `json:"closed"`
	Into       aid.RecipientID `json:"into,omitempty"`
	Demo       bool            `json:"demo"`
	Needs      int             `json:"needs"`
	Stale      bool            `json:"stale" doc:"A need was not confirmed for so long that somebody should ask"`
}

// listRecipients answers a page of the recipients in the areas that the caller
// answers for.
func (s *server) listRecipients(ctx context.Context, in *recipientsInput) (*recipientsAnswer, error) {
	who, err := s.role(ctx, aid.ReadRecipients)
	if err != nil {
		return nil, err
	}
	a := &recipientsAnswer{}
	a.Body.Items = []recipientRow{}
	add := func(p aid.Place) {
		if in.fits(p.Recipient) {
			a.Body.Items = append(a.Body.Items, s.recipientRowOf(p))
		}
	}
	if _, ok := aid.KelurahanOf(aid.RecipientID(in.Q)); ok {
		place, _, err := s.recipient(ctx, who, aid.ReadRecipients, aid.RecipientID(in.Q))
		if err == nil {
			add(place)
		}
		if err != nil && !errors.Is(err, aid.ErrNotFound) {
			return nil, err
		}
		return a, nil
	}
	areas, err := s.areasOf(who, in.Area)
	if err != nil {
		return nil, err
	}
	a.Body.Next, err = s.places(ctx, areas, in.Kind, in.Cursor, leavesPerPage, func(p aid.Place) (bool, error) {
		add(p)
		return len(a.Body.Items) < in.Limit, nil
	})
	return a, err
}

func (in *recipientsInput) fits(r aid.Recipient) bool {
	return (in.Kind == "" || r.Kind == in.Kind) && (in.Closed || !r.Closed) && r.Matches(in.Q)
}

// areasOf returns the areas that a list is read of: those that the caller answers
// for within the one that is asked for.
func (s *server) areasOf(who caller, asked string) ([]area.Code, error) {
	within := s.pack.Root
	if asked != "" {
		code, err := area.Parse(asked)
		if err != nil {
			return nil, invalid("/area", "unknown", "no such area")
		}
		within = code
	}
	if who.In(within) {
		return []area.Code{within}, nil
	}
	own := []area.Code{}
	for _, a := range who.Areas {
		if within.Contains(a) {
			own = append(own, a)
		}
	}
	if len(own) == 0 {
		return nil, fmt.Errorf("area %s: %w", within, aid.ErrNotFound)
	}
	return own, nil
}

// A page of a search reads so many leaves at most, some of them at once.
const (
	leavesPerPage = 48
	leavesAtOnce  = 8
)

// places calls visit with the places of some areas, from where a cursor left off,
// until visit has enough or so many leaves were read. Of a kind, only leaves that
// can hold it are read. It returns the cursor to go on from, empty at the end.
func (s *server) places(ctx context.Context, areas []area.Code, kind aid.KindID, cursor string, most int, visit func(aid.Place) (more bool, err error)) (next string, err error) {
	holds := func(code area.Code) bool {
		return slices.ContainsFunc(areas, func(a area.Code) bool { return a.Contains(code) })
	}
	var leaves []aid.Leaf
	for _, leaf := range s.pack.Leaves() {
		wanted := holds(leaf.Area) || slices.ContainsFunc(areas, leaf.Area.Contains)
		if group := s.catalogue().Kinds[kind].Group; wanted && (kind == "" || group == leaf.Group) {
			leaves = append(leaves, leaf)
		}
	}
	from, after := openPlaceCursor(cursor)
	begin := slices.IndexFunc(leaves, func(l aid.Leaf) bool { return l.String() == from })
	if cursor == "" {
		begin = 0
	}
	if begin < 0 {
		return "", invalid("/cursor", "unknown", "not a cursor of this list")
	}
	leaves = leaves[begin:]
	for n := 0; n < len(leaves); n += leavesAtOnce {
		if n >= most {
			return placeCursor(leaves[n], ""), nil
		}
		part := leaves[n:min(n+leavesAtOnce, len(leaves))]
		read := make([][]aid.Place, len(part))
		group, ctx := errgroup.WithContext(ctx)
		for i, leaf := range part {
			group.Go(func() (err error) {
				read[i], err = s.store.Leaf(ctx, leaf)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return "", err
		}
		for i, leaf := range part {
			for _, p := range read[i] {
				if !holds(p.Recipient.Area) || leaf.String() == from && p.Recipient.ID <= after {
					continue
				}
				more, err := visit(p)
				if err != nil {
					return "", err
				}
				if !more {
					return placeCursor(leaf, p.Recipient.ID), nil
				}
			}
		}
	}
	return "", nil
}

// placeCursor says where a page ended: after a recipient of a leaf.
func placeCursor(leaf aid.Leaf, last aid.RecipientID) string {
	return base64.RawURLEncoding.EncodeToString([]byte(leaf.String() + "/" + string(last)))
}

func openPlaceCursor(cursor string) (leaf string, last aid.RecipientID) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", ""
	}
	leaf, id, _ := strings.Cut(string(text), "/")
	return leaf, aid.RecipientID(id)
}

func (s *server) recipientRowOf(p aid.Place) recipientRow {
	r := p.Recipient
	row := recipientRow{
		ID: r.ID, Version: r.Version(), Name: r.Name, Kind: r.Kind, KindName: s.kindName(r.Kind), Area: r.Area, AreaName: s.pack.AreaName(r.Area.At(area.Kelurahan)),
		Households: r.Households, People: r.People, Steward: r.Steward, Closed: r.Closed, Into: r.Into, Demo: r.Demo, Needs: len(p.Needs),
	}
	for _, n := range p.Needs {
		row.Stale = row.Stale || s.stale(n, r)
	}
	return row
}

func (s *server) kindName(id aid.KindID) string {
	kind, _ := s.pack.Kind(id)
	return cmp.Or(kind.Name, string(id))
}

// stale tells whether somebody should ask for a need again.
func (s *server) stale(n aid.Need, r aid.Recipient) bool {
	return !r.Closed && n.Remaining() > 0 && n.ConfirmedOn.Plus(s.pack.Limits.NeedStaleDays) < s.today()
}

// One recipient.

type oneRecipientInput struct {
	ID aid.RecipientID `path:"id" maxLength:"80"`
}

// getRecipient answers everything about one recipient but its contacts.
func (s *server) getRecipient(ctx context.Context, in *oneRecipientInput) (*recipientAnswer, error) {
	who, err := s.role(ctx, aid.ReadRecipients)
	if err != nil {
		return nil, err
	}
	return s.answerRecipient(ctx, who, in.ID)
}

var errNoRecipient = fmt.Errorf("recipient: %w", aid.ErrNotFound)

// recipient returns a recipient that the caller may do a deed to. Where it is
// stands in its identifier, so whoever may not learns nothing of what there is.
func (s *server) recipient(ctx context.Context, who caller, d aid.Deed, id aid.RecipientID) (aid.Place, aid.Leaf, error) {
	kelurahan, ok := aid.KelurahanOf(id)
	if !ok {
		return aid.Place{}, aid.Leaf{}, errNoRecipient
	}
	if err := who.may(d, aid.Matter{Area: kelurahan}); err != nil {
		return aid.Place{}, aid.Leaf{}, err
	}
	return s.store.Place(ctx, id)
}

func (s *server) answerRecipient(ctx context.Context, who caller, id aid.RecipientID) (*recipientAnswer, error) {
	p, leaf, err := s.recipient(ctx, who, aid.ReadRecipients, id)
	if err != nil {
		return nil, err
	}
	r := p.Recipient
	contact, err := s.steward(ctx, id)
	if err != nil {
		return nil, err
	}
	masked := contact.Masked()
	body := recipientBody{
		ID: r.ID, Version: r.Version(), Name: r.Name, Kind: r.Kind, KindName: s.kindName(r.Kind), Area: r.Area, AreaName: s.pack.AreaName(r.Area.At(area.Kelurahan)),
		Point: pointBody(r.Point), Households: r.Households, People: r.People, Address: r.Address, Steward: stewardBody{r.Steward, masked.Phone, masked.Email},
		Flags: []flagBody{}, Indicators: []indicatorBody{}, Demo: r.Demo, Closed: r.Closed, Into: r.Into, Open: p.Activity.Open,
		Needs: []recipientNeed{}, Versions: []versionBody{}, Looks: []recipientLook{}, Warnings: s.doubts(r), UpdatedAt: happened(p.Activity.UpdatedAt),
	}
	for _, f := range r.Flags {
		body.Flags = append(body.Flags, flagBody(f))
	}
	for _, i := range r.Indicators {
		body.Indicators = append(body.Indicators, indicatorBody(i))
	}
	for _, n := range p.Needs {
		body.Needs = append(body.Needs, s.recipientNeedOf(n, r))
	}
	versions, err := s.store.Versions(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		body.Versions = append(body.Versions, versionBody{v.Version, v.At, v.By, membersOf(v.Changed)})
	}
	looks, err := s.store.LooksAtSteward(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, l := range looks {
		body.Looks = append(body.Looks, recipientLook{l.At, l.By})
	}
	body.Duplicates, err = s.duplicates(ctx, who, p, leaf, contact)
	return &recipientAnswer{body}, err
}

// membersOf names what changed in the words of the API: a contact is part of the
// steward, and of what was new nothing had been there.
func membersOf(changed []string) []string {
	members := []string{}
	for _, m := range changed {
		if m == "contact" {
			m = "steward"
		}
		if m != "new" && !slices.Contains(members, m) {
			members = append(members, m)
		}
	}
	return members
}

func (s *server) recipientNeedOf(n aid.Need, r aid.Recipient) recipientNeed {
	about := s.catalogue().Packages[n.Package]
	return recipientNeed{
		ID: n.ID, Version: n.Version(), Package: n.Package, Name: cmp.Or(about.Name, string(n.Package)), Unit: about.Unit, Program: n.Program,
		Needed: n.Needed, Committed: n.Committed, Delivered: n.Delivered, Received: n.Received, Remaining: n.Remaining(), Source: n.Source,
		ConfirmedOn: n.ConfirmedOn, ConfirmedBy: n.ConfirmedBy, Stale: s.stale(n, r),
	}
}

// steward returns the private contact of who answers for a recipient, empty
// where none is known.
func (s *server) steward(ctx context.Context, id aid.RecipientID) (aid.Contact, error) {
	contact, err := s.store.Steward(ctx, id)
	if errors.Is(err, aid.ErrNotFound) {
		return aid.Contact{}, nil
	}
	return contact, err
}

// duplicates returns which others of the caller's areas a recipient may be: by
// name and place in its leaf, and by the number of who answers for it.
func (s *server) duplicates(ctx context.Context, who caller, p aid.Place, leaf aid.Leaf, contact aid.Contact) ([]duplicateBody, error) {
	found := []duplicateBody{}
	places, err := s.store.Leaf(ctx, leaf)
	if err != nil {
		return nil, err
	}
	for _, suspect := range aid.Suspects(p.Recipient, places) {
		found = append(found, duplicateBody(suspect))
	}
	same, err := s.store.StewardsWith(ctx, contact.Phone)
	if err != nil {
		return nil, err
	}
	for _, id := range same {
		if i := slices.IndexFunc(found, func(d duplicateBody) bool { return d.ID == id }); i >= 0 {
			found[i].Why = append(found[i].Why, "phone")
			continue
		}
		other, _, err := s.store.Place(ctx, id)
		if errors.Is(err, aid.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if id != p.Recipient.ID && other.Recipient.Into == "" && p.Recipient.Into != id {
			found = append(found, duplicateBody{id, other.Recipient.Name, []string{"phone"}})
		}
	}
	return slices.DeleteFunc(found, func(d duplicateBody) bool {
		kelurahan, _ := aid.KelurahanOf(d.ID)
		return !who.In(kelurahan)
	}), nil
}

// farMetres is how far from the middle of its kelurahan a recipient stands that
// somebody may have placed wrongly. Few kelurahan are wider.
const farMetres = 3000

// doubts returns what looks wrong about a recipient and may be right.
func (s *server) doubts(r aid.Recipient) []recipientWarning {
	warnings := []recipientWarning{}
	if a, ok := s.pack.Area(r.Area.At(area.Kelurahan)); ok {
		if metres := r.Point.Metres(a.Point); metres > farMetres {
			warnings = append(warnings, recipientWarning{Code: "far-from-area", Metres: int64(math.Round(metres/100)) * 100})
		}
	}
	return warnings
}

// Editing.

type putRecipientInput struct {
	ID   aid.RecipientID `path:"id" maxLength:"80" doc:"The area code for an RW, <kelurahan>-<kind>-<number> for anything else"`
	Body editBody
}

type editBody struct {
	Version    int64           `json:"version" minimum:"0" doc:"That one has seen; 0 lists a new one"`
	Name       string          `json:"name" maxLength:"480"`
	Kind       aid.KindID      `json:"kind" maxLength:"60"`
	Area       area.Code       `json:"area" maxLength:"20"`
	Point      pointBody       `json:"point"`
	Households int64           `json:"households"`
	People     int64           `json:"people"`
	Address    string          `json:"address,omitempty" maxLength:"800"`
	Steward    editSteward     `json:"steward"`
	Flags      []flagBody      `json:"flags,omitempty" maxItems:"40"`
	Indicators []indicatorBody `json:"indicators,omitempty" maxItems:"40"`
	Reason     string          `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
}

type editSteward struct {
	Name  string  `json:"name" maxLength:"320"`
	Phone *string `json:"phone,omitempty" maxLength:"40" doc:"Absent: as it is. Empty: none any more"`
	Email *string `json:"email,omitempty" maxLength:"254" doc:"Absent: as it is. Empty: none any more"`
}

// putRecipient lists a recipient, or replaces what is known about one.
func (s *server) putRecipient(ctx context.Context, in *putRecipientInput) (*recipientAnswer, error) {
	who, err := s.role(ctx, aid.EditRecipients)
	if err != nil {
		return nil, err
	}
	place, leaf, err := s.recipient(ctx, who, aid.EditRecipients, in.ID)
	if err != nil && (in.Body.Version != 0 || !errors.Is(err, aid.ErrNotFound) || s.foreign(who, in.ID)) {
		return nil, err
	}
	before, object := place.Recipient, "recipient/"+string(in.ID)
	request, made, err := s.requested(ctx, who, "edit", object, in.Body)
	if err != nil {
		return nil, err
	}
	if made {
		return s.answerRecipient(ctx, who, in.ID)
	}
	switch {
	case before.ID != "" && in.Body.Version == 0:
		return nil, fmt.Errorf("recipient %s: %w", in.ID, aid.ErrExists)
	case before.ID != "" && in.Body.Version != before.Version():
		return nil, fmt.Errorf("recipient %s is at version %d: %w", in.ID, before.Version(), aid.ErrStale)
	}
	edit := table.RecipientEdit{Before: before, Leaf: leaf, By: who.Role, At: s.instant()}
	if edit.After, err = s.entered(before, in); err != nil {
		return nil, err
	}
	if edit.Leaf == (aid.Leaf{}) {
		edit.Leaf, _ = s.catalogue().LeafOf(edit.After) // it was checked to have one
	}
	if err := s.alone(ctx, edit.Leaf, "/households", intake.Change{Before: &before, After: &edit.After}); err != nil {
		return nil, err
	}
	if edit.Steward, err = s.contactEntered(ctx, before, edit.After, in.Body.Steward); err != nil {
		return nil, err
	}
	act := s.act(who, request, aid.EditRecipients, "edit", object, edit.After.Area, in.Body.Reason)
	act.Before, act.After = portrait(before), portrait(edit.After)
	if err := s.store.PutRecipient(table.Acting(ctx, act), edit); err != nil {
		return nil, err
	}
	return s.answerRecipient(ctx, who, in.ID)
}

// foreign tells whether an identifier is none, or of an area that is not the
// caller's: of those nothing is said.
func (s *server) foreign(who caller, id aid.RecipientID) bool {
	kelurahan, ok := aid.KelurahanOf(id)
	_, known := s.pack.Area(kelurahan)
	return !ok || !known || who.may(aid.EditRecipients, aid.Matter{Area: kelurahan}) != nil
}

// requested returns the id of a request that carries none of its own, because
// its path says what is put there, and whether the caller made it before. It
// stands for everything that was said; what a contact is cannot be guessed back.
func (s *server) requested(ctx context.Context, who caller, action, object string, body any) (id string, made bool, err error) {
	key, err := s.store.Key(ctx)
	if err != nil {
		return "", false, err
	}
	said, err := json.Marshal(body)
	if err != nil {
		return "", false, fmt.Errorf("encode request: %w", err)
	}
	id = aid.KeyedHash(key, "request", strings.Join([]string{string(who.ID), action, object, string(said)}, "\x00"))
	made, err = s.repeated(ctx, who, id, action, object)
	return id, made, err
}

// entered returns a recipient as it was entered, or everything that is wrong
// with it.
func (s *server) entered(before aid.Recipient, in *putRecipientInput) (aid.Recipient, error) {
	b := in.Body
	r := before
	r.ID, r.Name, r.Kind, r.Area, r.Point = in.ID, b.Name, b.Kind, b.Area, aid.Point(b.Point)
	r.Households, r.People, r.Address, r.Steward = b.Households, b.People, b.Address, b.Steward.Name
	r.Flags, r.Indicators = nil, nil
	for _, f := range b.Flags {
		r.Flags = append(r.Flags, aid.Flag(f))
	}
	for _, i := range b.Indicators {
		r.Indicators = append(r.Indicators, aid.Indicator(i))
	}
	fields := s.unknown(r)
	r, err := s.catalogue().CheckRecipient(before, r, s.today())
	var wrong *aid.InvalidError
	if errors.As(err, &wrong) {
		fields = append(wrong.Fields, fields...)
	} else if err != nil {
		return r, err
	}
	if len(fields) > 0 {
		return r, &aid.InvalidError{Fields: fields}
	}
	return r, nil
}

// unknown returns what the region does not have: a place, a flag, an indicator.
func (s *server) unknown(r aid.Recipient) []aid.Field {
	var fields []aid.Field
	if !s.pack.Box.Contains(r.Point) {
		f := aid.Field{Pointer: "/point", Code: "outside", Detail: "not in the region"}
		if s.pack.Box.Contains(aid.Point{Lng: r.Point.Lat, Lat: r.Point.Lng}) {
			f.Code, f.Detail = "swapped", "longitude and latitude have changed places"
		}
		fields = append(fields, f)
	}
	for i, flag := range r.Flags {
		if !slices.ContainsFunc(s.pack.Flags, func(known region.Flag) bool { return known.ID == flag.ID }) {
			fields = append(fields, aid.Field{Pointer: fmt.Sprintf("/flags/%d/id", i), Code: "unknown", Detail: "no such flag"})
		}
	}
	for i, indicator := range r.Indicators {
		if !slices.ContainsFunc(s.pack.Indicators, func(known region.Indicator) bool { return known.ID == indicator.ID }) {
			fields = append(fields, aid.Field{Pointer: fmt.Sprintf("/indicators/%d/id", i), Code: "unknown", Detail: "no such indicator"})
		}
	}
	return fields
}

// contactEntered returns the contact that an edit leaves, nil where it leaves the
// one that is there.
func (s *server) contactEntered(ctx context.Context, before, after aid.Recipient, entered editSteward) (*aid.Contact, error) {
	if before.ID != "" && after.Steward == before.Steward && entered.Phone == nil && entered.Email == nil {
		return nil, nil
	}
	contact := aid.Contact{}
	if before.ID != "" {
		var err error
		if contact, err = s.steward(ctx, before.ID); err != nil {
			return nil, err
		}
	}
	contact.Name = after.Steward
	if entered.Phone != nil {
		contact.Phone = ""
		if strings.TrimSpace(*entered.Phone) != "" {
			phone, ok := readPhone(*entered.Phone)
			if !ok {
				return nil, invalid("/steward/phone", "phone", "not a telephone number")
			}
			contact.Phone = phone
		}
	}
	if entered.Email != nil {
		contact.Email = ""
		if strings.TrimSpace(*entered.Email) != "" {
			email, ok := aid.CleanEmail(*entered.Email)
			if !ok {
				return nil, invalid("/steward/email", "email", "not an e-mail address")
			}
			contact.Email = email
		}
	}
	return &contact, nil
}

// readPhone reads a number as people in Indonesia type it.
func readPhone(typed string) (string, bool) {
	typed = strings.TrimSpace(typed)
	// Letters and extensions would be read as something that cannot be dialled.
	if strings.Trim(typed, "+0123456789 -.()/") != "" {
		return "", false
	}
	// The library takes 00 for an Indonesian trunk prefix.
	if abroad, ok := strings.CutPrefix(typed, "00"); ok {
		typed = "+" + abroad
	}
	number, err := phonenumbers.Parse(typed, "ID")
	if err != nil || !phonenumbers.IsValidNumber(number) {
		return "", false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

// portrait is what the trail keeps of a recipient, without the name of its
// steward: it must not stay when the person goes.
func portrait(r aid.Recipient) string {
	if r.ID == "" {
		return ""
	}
	kept := struct {
		Version    int64           `json:"version"`
		Name       string          `json:"name"`
		Kind       aid.KindID      `json:"kind"`
		Point      aid.Point       `json:"point"`
		Households int64           `json:"households"`
		People     int64           `json:"people"`
		Address    string          `json:"address,omitempty"`
		Flags      []aid.Flag      `json:"flags,omitempty"`
		Indicators []aid.Indicator `json:"indicators,omitempty"`
		Closed     bool            `json:"closed,omitempty"`
		Into       aid.RecipientID `json:"into,omitempty"`
	}{r.Version(), r.Name, r.Kind, r.Point, r.Households, r.People, r.Address, r.Flags, r.Indicators, r.Closed, r.Into}
	return compact(kept)
}

// compact spells what the trail keeps of a thing.
func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("encode for the trail: %w", err)) // texts, numbers and lists of them
	}
	return string(text)
}
