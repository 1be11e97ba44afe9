package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/document"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// sign records that the statement was signed: by typing one's name, which
// freezes it as a PDF, or by hand, which an accepted scan shows.
func (s *server) sign(ctx context.Context, in *signInput) (*commitmentAnswer, error) {
	credential, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	by, err := aid.CleanText(in.Body.SignedBy, aid.MaxName)
	var refused *aid.TextError
	switch {
	case errors.As(err, &refused):
		return nil, invalid("/signedBy", refused.Code, refused.Detail)
	case err != nil:
		return nil, err
	case (by == "") == (in.Body.Evidence == ""):
		return nil, invalid("/signedBy", "signed", "a typed name or a scan, one of the two")
	}
	// Asked before anything is written: who may not sign leaves no letter behind.
	unsigned, err := c.SignedAs("", s.instant(), s.catalogue())
	if err != nil {
		return nil, fmt.Errorf("commitment %s: %w", c.ID, err)
	}
	if unsigned.Version == c.Version {
		return s.answer(ctx, c)
	}
	var fingerprint string
	if by != "" {
		fingerprint, err = s.freeze(ctx, c, by)
	} else {
		var e aid.Evidence
		e, err = s.scan(ctx, c, in.Body.Evidence)
		fingerprint, by = e.Fingerprint(), credential.Statement.SignedBy
	}
	if err != nil {
		return nil, err
	}
	return s.move(ctx, in.Holder, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.SignedAs(fingerprint, now, s.catalogue())
		return table.Change{After: after, Letters: []aid.LetterKind{aid.LetterSigned}, SignedBy: by}, err
	})
}

// freeze keeps the signed statement and returns its fingerprint. One that is
// kept already is the statement: its signing was not recorded, or is being
// recorded now.
func (s *server) freeze(ctx context.Context, c aid.Commitment, by string) (string, error) {
	now := s.instant()
	letter, err := s.statement(ctx, c, now, by, now)
	if err != nil {
		return "", err
	}
	err = s.files.Put(ctx, c.ID.StatementPath(), "application/pdf", letter)
	if errors.Is(err, aid.ErrExists) {
		letter, err = s.frozen(ctx, c.ID)
	}
	if err != nil {
		return "", err
	}
	return document.Fingerprint(letter), nil
}

// maxLetter is more than a statement ever takes.
const maxLetter = 4 << 20

// frozen returns the signed statement as it is kept.
func (s *server) frozen(ctx context.Context, id aid.CommitmentID) ([]byte, error) {
	kept, err := s.files.Get(ctx, id.StatementPath(), "", maxLetter)
	if err != nil {
		return nil, err
	}
	return kept.Body, nil
}

// letter answers the statement: as it was signed here, or to be signed. One that
// was signed by hand is the file that was uploaded, and not found here.
func (s *server) letter(ctx context.Context, in *Holder) (*web.File, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	var paper []byte
	if c.Letter == "" { // not signed, or a part of a pool, for which the aggregator answers
		paper, err = s.statement(ctx, c, asOf(c), "", time.Time{})
	} else {
		paper, err = s.frozen(ctx, c.ID)
	}
	if err != nil {
		return nil, err
	}
	return web.NewPDF("surat-pernyataan-"+c.ID.Number(), paper), nil
}

// bast answers the sheet for the next hand-over.
func (s *server) bast(ctx context.Context, in *Holder) (*web.File, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	if c.SignedAt.IsZero() || !awaitsHandover(c) {
		return nil, &aid.StateError{State: c.State, Allowed: c.Allowed(aid.Collaborator)}
	}
	key, err := s.store.Key(ctx)
	if err != nil {
		return nil, err
	}
	pledge, err := s.pledge(ctx, c)
	if err != nil {
		return nil, err
	}
	number := c.NextBAST()
	quantities := c.Outstanding()
	for _, d := range c.Deliveries {
		if d.Number == number {
			quantities = d.Quantities
		}
	}
	code := aid.BASTCode(key, number)
	h := document.Handover{
		Number: number, Code: code, URL: s.site + "/pj/#b." + string(number) + "." + code, GoodsRules: s.goodsRules(c.Program),
		Rows: []document.Item{},
	}
	for i, it := range pledge.Items {
		if it.Quantity = quantities[i]; it.Quantity > 0 {
			h.Rows = append(h.Rows, it)
		}
	}
	paper, err := document.BAST(s.paper(c, asOf(c)), pledge, h)
	if err != nil {
		return nil, err
	}
	return web.NewPDF(string(number), paper), nil
}

// receipt answers what the steward confirmed.
func (s *server) receipt(ctx context.Context, in *Holder) (*web.File, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	arrived := false
	for i := range c.Lines {
		arrived = arrived || c.Line(i).Received > 0
	}
	if !arrived {
		return nil, &aid.StateError{State: c.State, Allowed: c.Allowed(aid.Collaborator)}
	}
	pledge, err := s.pledge(ctx, c)
	if err != nil {
		return nil, err
	}
	files, err := s.store.EvidenceOf(ctx, c.Recipient, c.ID)
	if err != nil {
		return nil, err
	}
	var delivered []document.Delivered
	for _, d := range c.Deliveries {
		delivered = append(delivered, s.delivered(c, d, files))
	}
	paper, err := document.Receipt(s.paper(c, asOf(c)), pledge, delivered)
	if err != nil {
		return nil, err
	}
	return web.NewPDF("tanda-terima-"+c.ID.Number(), paper), nil
}

// delivered words one delivery.
func (s *server) delivered(c aid.Commitment, d aid.Delivery, files []aid.Evidence) document.Delivered {
	worded := document.Delivered{
		Number: d.Number, On: d.On, Reported: d.Quantities, Received: d.Received, ReportedAt: d.ReportedAt,
		Answer: answers[d.Answer], Via: ways[d.Via], AnsweredAt: d.AnsweredAt, Settled: !d.SettledAt.IsZero(),
	}
	var milli int64
	for i, n := range d.Received {
		l := c.Lines[i]
		// No overflow: a region bounds value and units far below the root of 2^63.
		worded.Value += l.Value * aid.Rupiah(n) / aid.Rupiah(l.Quantity)
		milli += n * s.catalogue().Packages[l.Package].MilliHouseholdDays
	}
	worded.HouseholdDays = milli / 1000
	for _, id := range d.Evidence {
		for _, e := range files {
			if e.ID == id && e.State == aid.EvidenceAccepted {
				worded.Evidence = append(worded.Evidence, e.Fingerprint())
			}
		}
	}
	return worded
}

// answers and ways say in words what the steward said, and how.
var (
	answers = map[aid.Answer]string{aid.Full: "diterima lengkap", aid.Fewer: "diterima sebagian", aid.None: "tidak diterima"}
	ways    = map[aid.Via]string{
		aid.ViaSteward: "tautan pribadi penanggung jawab", aid.ViaHandover: "tautan yang diserahkan kolaborator",
		aid.ViaBAST: "kode pada lembar BAST", aid.ViaOfficer: "petugas, berdasarkan BAST yang ditandatangani",
	}
)

// statement writes the statement of a commitment as of an instant, signed when
// somebody signed it.
func (s *server) statement(ctx context.Context, c aid.Commitment, at time.Time, by string, signedAt time.Time) ([]byte, error) {
	pledge, err := s.pledge(ctx, c)
	if err != nil {
		return nil, err
	}
	texts := s.pack.Texts
	return document.Letter(s.paper(c, at), pledge, document.Statement{
		Title: texts.StatementTitle, Clauses: texts.Statement, Consent: texts.Consent, GoodsRules: s.goodsRules(c.Program),
		SignedBy: by, SignedAt: signedAt,
	})
}

// asOf returns the instant of the last step of a commitment: until the next one,
// a paper about it is the same to the byte.
func asOf(c aid.Commitment) time.Time {
	if len(c.Log) == 0 {
		return c.SubmittedAt
	}
	return c.Log[len(c.Log)-1].At
}

func (s *server) paper(c aid.Commitment, at time.Time) document.Paper {
	return document.Paper{Service: s.pack.Title, Operator: s.pack.Operator.Name, Zone: s.pack.Zone, At: at, Demo: c.Demo}
}

func (s *server) goodsRules(id aid.ProgramID) []string {
	var rules []string
	for _, r := range s.pack.RulesFor(id) {
		rules = append(rules, r.Text)
	}
	return rules
}

// pledge words a commitment. Paper is passed from hand to hand, so it holds what
// is public and nothing else.
func (s *server) pledge(ctx context.Context, c aid.Commitment) (document.Pledge, error) {
	place, _, err := s.store.Place(ctx, c.Recipient)
	if err != nil {
		return document.Pledge{}, fmt.Errorf("recipient of commitment %s: %w", c.ID, err)
	}
	r := place.Recipient
	kind, _ := s.pack.Kind(r.Kind)
	program, _ := s.region.Last().Program(c.Program)
	p := document.Pledge{
		Number: c.ID.Number(), Giver: c.DisplayName(), Class: bahasa.Class(c.Class), Recipient: r.Name, Kind: cmp.Or(kind.Name, string(r.Kind)),
		Address: r.Address, Area: s.areaOf(r.Area), Steward: r.Steward, Program: cmp.Or(program.Name, string(c.Program)),
		Period: c.Period, Schedule: c.Schedule, Route: c.Route, Page: s.site + "/lokasi/" + string(r.ID) + "/", Letter: c.Letter,
	}
	switch {
	case kind.Coarse:
		p.Address = "" // the page does not tell it either
	case s.saysWhere(r):
		p.Area = ""
	}
	for _, a := range s.region.Last().Aggregators {
		if a.ID == c.Aggregator {
			p.Aggregator, p.Permit = a.Name, a.Permit.Number
		}
	}
	for _, l := range c.Lines {
		p.Items = append(p.Items, document.Item{
			Quantity: l.Quantity, Unit: l.Unit, Name: s.nameOf(l), Contents: s.catalogue().Packages[l.Package].Contents,
			Equivalent: l.Equivalent, Free: l.Need == "", Value: l.Value, Estimated: l.Estimated,
		})
	}
	return p, nil
}

// saysWhere tells whether the address of a recipient names every area it lies
// in, as many people write it: papers would say it twice.
func (s *server) saysWhere(r aid.Recipient) bool {
	for _, level := range []area.Level{area.Kelurahan, area.Kecamatan, area.Kota} {
		if !strings.Contains(r.Address, s.pack.AreaName(r.Area.At(level))) {
			return false
		}
	}
	return true
}

// areaOf says where an area is: "Kelurahan Pasir, Kecamatan Karang Utara, Kota
// Karang".
func (s *server) areaOf(code area.Code) string {
	var words []string
	for _, level := range []area.Level{area.Kelurahan, area.Kecamatan, area.Kota} {
		a, ok := s.pack.Area(code.At(level))
		switch {
		case !ok:
		case level == area.Kelurahan:
			words = append(words, "Kelurahan "+a.Name)
		case level == area.Kecamatan:
			words = append(words, "Kecamatan "+a.Name)
		default:
			words = append(words, a.Official)
		}
	}
	return strings.Join(words, ", ")
}
