package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/errgroup"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/region"
	"ksbb/shared/table"
)

// poolStore is the part of the tables that pooled gifts are kept in.
type poolStore interface {
	AddPool(context.Context, aid.Pool, table.Donor) error
	Pool(context.Context, aid.AggregatorID, aid.PoolID) (aid.Pool, error)
	Pools(ctx context.Context, a aid.AggregatorID, after aid.PoolID, limit int) ([]aid.Pool, error)
	PoolParts(context.Context, aid.PoolID) ([]table.PoolPart, error)
	Donor(context.Context, aid.PoolID) (table.Donor, error)
	AddPart(context.Context, table.Part) (stored aid.Commitment, repeated bool, err error)
	Submitted(ctx context.Context, id aid.CommitmentID, fingerprint string) (stored aid.Commitment, repeated bool, err error)
}

func (s *server) registerPools(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "listPools", Method: http.MethodGet, Path: "/v1/staff/pools", Summary: "One's own aggregator's pooled gifts, the newest first",
	}, s.listPools)
	huma.Register(api, huma.Operation{
		OperationID: "getPool", Method: http.MethodGet, Path: "/v1/staff/pools/{id}", Summary: "A pooled gift with its parts",
	}, s.getPool)
	huma.Register(api, huma.Operation{
		OperationID: "putPool", Method: http.MethodPut, Path: "/v1/staff/pools/{id}",
		Summary:     "Enter a gift that is to be delivered in parts, under an id of one's own making",
		Description: "It stands in no total: its parts do. Sending the same again changes nothing.",
	}, s.putPool)
	huma.Register(api, huma.Operation{
		OperationID: "putPoolPart", Method: http.MethodPut, Path: "/v1/staff/pools/{id}/parts/{commitment}",
		Summary:     "Give a part of a pooled gift to a recipient, as a commitment under an id of one's own making",
		Description: "It is signed from the start and reserves what it gives. Sending the same again changes nothing.",
	}, s.putPoolPart)
}

type poolLineBody struct {
	Package  aid.PackageID `json:"package"`
	Name     string        `json:"name"`
	Unit     string        `json:"unit"`
	Quantity int64         `json:"quantity" doc:"As it was received"`
	Given    int64         `json:"given" doc:"Held by parts: promised, delivered or received"`
	Left     int64         `json:"left" doc:"Held by no part"`
	Value    aid.Rupiah    `json:"value,omitempty" doc:"The giver's estimate, where the catalogue has no price"`
}

type donorBody struct {
	Name     string    `json:"name,omitempty" doc:"Empty once it is forgotten, a year after the gift was entered"`
	Shown    string    `json:"shown" doc:"Name that everybody reads"`
	ShowName bool      `json:"showName"`
	Class    aid.Class `json:"class"`
	Email    string    `json:"email,omitempty"`
	Phone    string    `json:"phone,omitempty"`
}

type partBody struct {
	ID        aid.CommitmentID `json:"id"`
	Number    string           `json:"number"`
	Version   int64            `json:"version"`
	State     aid.State        `json:"state"`
	Recipient namedBody        `json:"recipient"`
	Area      area.Code        `json:"area"`
	AreaName  string           `json:"areaName"`
	Lines     []partLineBody   `json:"lines"`
	Period    periodOfPart     `json:"period"`
	At        time.Time        `json:"at"`
}

type periodOfPart struct {
	From aid.Day `json:"from" maxLength:"10"`
	To   aid.Day `json:"to" maxLength:"10"`
}

type partLineBody struct {
	Need      aid.NeedID    `json:"need"`
	Package   aid.PackageID `json:"package"`
	Name      string        `json:"name"`
	Unit      string        `json:"unit"`
	Quantity  int64         `json:"quantity"`
	Committed int64         `json:"committed"`
	Delivered int64         `json:"delivered"`
	Received  int64         `json:"received"`
}

type poolBody struct {
	ID         aid.PoolID     `json:"id"`
	Aggregator aggregatorBody `json:"aggregator"`
	Donor      donorBody      `json:"donor"`
	Lines      []poolLineBody `json:"lines"`
	ReceivedOn aid.Day        `json:"receivedOn"`
	Note       string         `json:"note,omitempty"`
	At         time.Time      `json:"at"`
	Parts      []partBody     `json:"parts,omitempty" doc:"Of a pool by itself; a list has none"`
}

func poolBodyOf(p aid.Pool, pack *region.Pack) poolBody {
	b := poolBody{
		ID: p.ID, Aggregator: aggregatorBody{p.Aggregator, cmp.Or(pack.Catalogue().Aggregators[p.Aggregator].Name, string(p.Aggregator))}, ReceivedOn: p.ReceivedOn, At: p.CreatedAt, Lines: []poolLineBody{},
		Donor: donorBody{Shown: cmp.Or(p.Name, aid.HambaAllah), ShowName: p.Name != "", Class: p.Class},
	}
	for _, l := range p.Lines {
		b.Lines = append(b.Lines, poolLineBody{
			Package: l.Package, Name: packageName(pack, l.Package), Unit: l.Unit, Quantity: l.Quantity, Given: l.Quantity - l.Left, Left: l.Left, Value: l.Value,
		})
	}
	return b
}

func packageName(pack *region.Pack, id aid.PackageID) string {
	return cmp.Or(pack.Catalogue().Packages[id].Name, string(id))
}

type poolsInput struct {
	Cursor aid.PoolID `query:"cursor" maxLength:"64"`
	Limit  int        `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

type poolsAnswer struct{ Body poolsBody }

type poolsBody struct {
	Items []poolBody `json:"items"`
	Next  aid.PoolID `json:"next,omitempty"`
}

func (s *server) listPools(ctx context.Context, in *poolsInput) (*poolsAnswer, error) {
	who, err := s.may(ctx, aid.TakePools, aid.Matter{})
	if err != nil {
		return nil, err
	}
	pack, _, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	pools, err := s.store.Pools(ctx, who.Aggregator, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	var a poolsAnswer
	a.Body.Items = []poolBody{}
	for _, p := range pools {
		a.Body.Items = append(a.Body.Items, poolBodyOf(p, pack))
	}
	if len(pools) == in.Limit {
		a.Body.Next = pools[len(pools)-1].ID
	}
	return &a, nil
}

type poolAnswer struct{ Body poolBody }

type poolPath struct {
	ID aid.PoolID `path:"id" minLength:"36" maxLength:"36"`
}

func (s *server) getPool(ctx context.Context, in *poolPath) (*poolAnswer, error) {
	who, err := s.may(ctx, aid.TakePools, aid.Matter{})
	if err != nil {
		return nil, err
	}
	return s.pool(ctx, who, in.ID)
}

// atOnce is how many parts of a pool are read at once.
const atOnce = 8

// pool answers a pool of the caller's aggregator with its parts.
func (s *server) pool(ctx context.Context, who caller, id aid.PoolID) (*poolAnswer, error) {
	p, err := s.ownPool(ctx, who, id)
	if err != nil {
		return nil, err
	}
	pack, _, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	body := poolBodyOf(p, pack)
	switch donor, err := s.store.Donor(ctx, id); {
	case err == nil:
		body.Donor.Name, body.Donor.Email, body.Donor.Phone, body.Note = donor.Contact.Name, donor.Contact.Email, donor.Contact.Phone, donor.Note
	case !errors.Is(err, aid.ErrNotFound):
		return nil, err
	}
	parts, err := s.store.PoolParts(ctx, id)
	if err != nil {
		return nil, err
	}
	body.Parts = make([]partBody, len(parts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i, part := range parts {
		g.Go(func() (err error) {
			body.Parts[i], err = s.part(ctx, pack, part)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(body.Parts, func(a, b partBody) int { return b.At.Compare(a.At) })
	return &poolAnswer{body}, nil
}

// ownPool returns a pool of the caller's aggregator.
func (s *server) ownPool(ctx context.Context, who caller, id aid.PoolID) (aid.Pool, error) {
	p, err := s.store.Pool(ctx, who.Aggregator, id)
	if err != nil {
		return aid.Pool{}, err
	}
	return p, who.may(aid.TakePools, aid.Matter{Aggregator: p.Aggregator})
}

func (s *server) part(ctx context.Context, pack *region.Pack, of table.PoolPart) (partBody, error) {
	c, err := s.store.Commitment(ctx, of.Recipient, of.Commitment)
	if err != nil {
		return partBody{}, err
	}
	place, _, err := s.store.Place(ctx, of.Recipient)
	if err != nil {
		return partBody{}, err
	}
	b := partBody{
		ID: c.ID, Number: c.ID.Number(), Version: c.Version, State: c.State, Recipient: namedBody{of.Recipient, place.Recipient.Name}, Area: place.Recipient.Area,
		AreaName: s.pack.AreaName(place.Recipient.Area.At(area.Kelurahan)), Period: periodOfPart(c.Period), At: c.PledgedAt, Lines: []partLineBody{},
	}
	for i, l := range c.Lines {
		n := c.Line(i)
		b.Lines = append(b.Lines, partLineBody{l.Need, l.Package, packageName(pack, l.Package), l.Unit, l.Quantity, n.Committed, n.Delivered, n.Received})
	}
	return b, nil
}

type poolInput struct {
	ID   aid.PoolID `path:"id" minLength:"36" maxLength:"36"`
	Body takenPool
}

type takenPool struct {
	Donor      takenDonor  `json:"donor"`
	Lines      []takenLine `json:"lines" maxItems:"20"`
	ReceivedOn aid.Day     `json:"receivedOn" maxLength:"10"`
	Note       string      `json:"note,omitempty" maxLength:"1000" doc:"For the aggregator only"`
	Reason     string      `json:"reason,omitempty" maxLength:"500" doc:"For colleagues and auditors only"`
}

type takenDonor struct {
	Name     string    `json:"name" minLength:"1" maxLength:"120"`
	Class    aid.Class `json:"class" enum:"social_organization,business,individual,community,government"`
	ShowName bool      `json:"showName" doc:"Everybody may read the name"`
	Email    string    `json:"email,omitempty" maxLength:"254"`
	Phone    string    `json:"phone,omitempty" maxLength:"40"`
}

type takenLine struct {
	Package  aid.PackageID `json:"package" maxLength:"40"`
	Quantity int64         `json:"quantity"`
	Value    aid.Rupiah    `json:"value,omitempty" doc:"The giver's estimate of the whole line, where the catalogue has no price"`
}

func (s *server) putPool(ctx context.Context, in *poolInput) (*poolAnswer, error) {
	who, err := s.may(ctx, aid.TakePools, aid.Matter{})
	if err != nil {
		return nil, err
	}
	if err := checkRequest(string(in.ID)); err != nil {
		return nil, err
	}
	b := in.Body
	draft := aid.PoolDraft{
		ID: in.ID, Aggregator: who.Aggregator, ReceivedOn: b.ReceivedOn, Note: oneLine(b.Note),
		Giver: aid.Giver{Name: b.Donor.Name, Class: b.Donor.Class, ShowName: b.Donor.ShowName, Email: b.Donor.Email, Phone: b.Donor.Phone},
	}
	for _, l := range b.Lines {
		draft.Lines = append(draft.Lines, aid.PoolDraftLine(l))
	}
	const action = "take"
	object := "pool/" + string(in.ID)
	made, err := s.repeated(ctx, who, string(in.ID), action, object)
	if err != nil {
		return nil, err
	}
	pack, _, err := s.standing(ctx)
	if err != nil {
		return nil, err
	}
	p, contact, note, err := draft.Check(pack.Catalogue(), readPhone, s.instant())
	switch {
	case made && err != nil:
		return s.pool(ctx, who, in.ID) // what was right when it was made
	case err != nil:
		return nil, err
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	if contact.Email != "" {
		p.Collaborator = aid.CollaboratorOf(key, contact.Email)
	} else {
		p.Collaborator = aid.CollaboratorID(aid.KeyedHash(key, "pool", string(p.ID)))
	}
	act := s.act(who, string(in.ID), aid.TakePools, action, object, "", b.Reason)
	if act.After, err = outlineOf(poolOutline{Aggregator: p.Aggregator, ReceivedOn: p.ReceivedOn, Lines: b.Lines}); err != nil {
		return nil, err
	}
	if err := s.store.AddPool(table.Acting(ctx, act), p, table.Donor{Contact: contact, Note: note}); err != nil {
		return nil, err
	}
	return s.pool(ctx, who, in.ID)
}

// poolOutline is what the trail keeps of a pool: not who gave it.
type poolOutline struct {
	Aggregator aid.AggregatorID `json:"aggregator"`
	ReceivedOn aid.Day          `json:"receivedOn"`
	Lines      any              `json:"lines"`
}

// partOutline is what the trail keeps of a part.
type partOutline struct {
	Pool      aid.PoolID      `json:"pool"`
	Recipient aid.RecipientID `json:"recipient"`
	Lines     any             `json:"lines"`
	Period    periodOfPart    `json:"period"`
}

func outlineOf(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode outline: %w", err)
	}
	return string(text), nil
}

type partInput struct {
	ID         aid.PoolID       `path:"id" minLength:"36" maxLength:"36"`
	Commitment aid.CommitmentID `path:"commitment" minLength:"36" maxLength:"36"`
	Body       givenPart
}

type givenPart struct {
	Recipient aid.RecipientID `json:"recipient" maxLength:"64"`
	Lines     []givenLine     `json:"lines" maxItems:"50"`
	Period    periodOfPart    `json:"period"`
	Contact   givenContact    `json:"contact,omitzero" doc:"Whom the person in charge can call; otherwise they get the address of who gives the part"`
	Reason    string          `json:"reason,omitempty" maxLength:"500" doc:"For colleagues and auditors only"`
}

type givenLine struct {
	Need     aid.NeedID `json:"need" maxLength:"120"`
	Quantity int64      `json:"quantity"`
}

type givenContact struct {
	Name  string `json:"name,omitempty" maxLength:"80"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	Email string `json:"email,omitempty" maxLength:"254"`
}

// putPoolPart gives a part of a pool. The person in charge gets the letter that
// any new commitment sends, with the contact of the aggregator and never that of
// who gave the pool.
func (s *server) putPoolPart(ctx context.Context, in *partInput) (*poolAnswer, error) {
	who, err := s.may(ctx, aid.TakePools, aid.Matter{})
	if err != nil {
		return nil, err
	}
	p, err := s.ownPool(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	if err := checkRequest(string(in.Commitment)); err != nil {
		return nil, err
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	fingerprint := aid.KeyedHash(key, "part", string(asked))
	_, repeated, err := s.store.Submitted(ctx, in.Commitment, fingerprint)
	if err == nil && !repeated {
		err = s.give(ctx, who, p, in, key, fingerprint)
	}
	if err != nil {
		return nil, err
	}
	return s.pool(ctx, who, in.ID)
}

// give makes a part and records who gave it.
func (s *server) give(ctx context.Context, who caller, p aid.Pool, in *partInput, key []byte, fingerprint string) error {
	b := in.Body
	pack, _, err := s.standing(ctx)
	if err != nil {
		return err
	}
	place, _, err := s.store.Place(ctx, b.Recipient)
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return err
	}
	draft := aid.PartDraft{ID: in.Commitment, Recipient: b.Recipient, Period: aid.Period(b.Period)}
	for _, l := range b.Lines {
		draft.Lines = append(draft.Lines, aid.PartLine(l))
	}
	c, err := p.Part(draft, pack.Catalogue(), place, s.instant())
	if err != nil {
		return err
	}
	contact, err := s.deliverer(who, pack, b.Contact)
	if err != nil {
		return err
	}
	if c.Salt, err = salt(); err != nil {
		return err
	}
	secret, err := aid.Secret(key, c.ID, 1)
	if err != nil {
		return err
	}
	letters := []aid.LetterKind{aid.LetterStewardPledged}
	if contact.Email != "" {
		letters = append(letters, aid.LetterPledged)
	}
	act := s.act(who, string(c.ID), aid.TakePools, "give", "commitment/"+string(c.ID), place.Recipient.Area, b.Reason)
	if act.After, err = outlineOf(partOutline{Pool: p.ID, Recipient: b.Recipient, Lines: b.Lines, Period: b.Period}); err != nil {
		return err
	}
	_, _, err = s.store.AddPart(table.Acting(ctx, act), table.Part{
		Commitment: c, Fingerprint: fingerprint, Letters: letters,
		Credential: aid.Credential{
			Commitment: c.ID, Recipient: c.Recipient, Contact: contact, Statement: aid.Statement{SignedBy: contact.Name, At: c.SignedAt},
			Language: aid.Languages[0], SecretVersion: 1, SecretHash: aid.Hash(secret), VerifiedAt: c.PledgedAt,
		},
	})
	return err
}

// deliverer is whom the person in charge reaches about a part: who was named, or
// else whoever gives the part, in the name of the aggregator.
func (s *server) deliverer(who caller, pack *region.Pack, named givenContact) (aid.Contact, error) {
	contact := aid.Contact{Name: cmp.Or(pack.Catalogue().Aggregators[who.Aggregator].Name, string(who.Aggregator))}
	var wrong []aid.Field
	add := func(pointer, code, detail string) {
		wrong = append(wrong, aid.Field{Pointer: "/contact/" + pointer, Code: code, Detail: detail})
	}
	if clean, err := aid.CleanText(named.Name, aid.MaxName); err != nil {
		add("name", "text", err.Error())
	} else if clean != "" {
		contact.Name = clean
	}
	var ok bool
	if named.Email == "" {
		contact.Email, _ = aid.CleanEmail(who.email) // a token may name none
	} else if contact.Email, ok = aid.CleanEmail(named.Email); !ok {
		add("email", "email", "not an address that a letter can be sent to")
	}
	if named.Phone != "" {
		if contact.Phone, ok = readPhone(named.Phone); !ok {
			add("phone", "phone", "not a telephone number; numbers from abroad start with +")
		}
	}
	if len(wrong) > 0 {
		return aid.Contact{}, &aid.InvalidError{Fields: wrong}
	}
	return contact, nil
}

// salt returns 128 random bits in base64url.
func salt() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("make salt: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
