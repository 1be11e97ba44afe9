package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// decisionStore is the part of the tables that decisions are written to.
type decisionStore interface {
	Move(context.Context, table.Change) error
	Evidence(context.Context, table.EvidenceRef) (aid.Evidence, error)
}

func (s *server) registerDecisions(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "decideCommitment", Method: http.MethodPost, Path: "/v1/staff/commitments/{id}/decisions",
		Summary:     "Decide about a commitment for somebody who cannot",
		Description: "Sending the same again changes nothing and answers the commitment as it stands.",
	}, s.decide)
}

// Decisions, as they are asked for and recorded.
const (
	decideContacted = "contacted" // the two sides have spoken
	decideSchedule  = "schedule"  // the two sides agreed on a day
	decideReceipt   = "receipt"   // what was received, from the signed BAST
	decideSettle    = "settle"    // the true figure of a dispute
	decideWithdraw  = "withdraw"  // taken back before anything was delivered
	decideRelease   = "release"   // the rest is taken back
	decideSign      = "sign"      // an aggregator: the statement was signed by hand
	decideReport    = "report"    // an aggregator: what was handed over
)

type decisionInput struct {
	ID   aid.CommitmentID `path:"id" maxLength:"64"`
	Body decisionBody
}

// decisionBody is a decision and what it needs. What it does not need is ignored.
type decisionBody struct {
	ID         string           `json:"id" minLength:"36" maxLength:"36" doc:"UUIDv7 of this request, made before sending"`
	Version    int64            `json:"version" minimum:"1" doc:"Of the commitment that one has seen"`
	Decision   string           `json:"decision" enum:"contacted,schedule,receipt,settle,withdraw,release,sign,report,hide-name,hide-text,moderated,reopen-moderation"`
	Reason     string           `json:"reason" minLength:"3" maxLength:"500" doc:"Why; for colleagues and auditors only"`
	On         aid.Day          `json:"on,omitempty" maxLength:"10" doc:"schedule: the day; report: when it was handed over"`
	From       string           `json:"from,omitempty" maxLength:"5" doc:"schedule: HH:MM"`
	To         string           `json:"to,omitempty" maxLength:"5" doc:"schedule: HH:MM"`
	Delivery   aid.DeliveryID   `json:"delivery,omitempty" maxLength:"64" doc:"receipt, settle: which; report, and a receipt that nobody reported: a UUID made before sending"`
	Answer     aid.Answer       `json:"answer,omitempty" enum:"full,fewer,none" doc:"receipt"`
	Quantities []int64          `json:"quantities,omitempty" maxItems:"200" doc:"receipt of fewer, settle, report: one figure for each line"`
	Evidence   []aid.EvidenceID `json:"evidence,omitempty" maxItems:"10" doc:"receipt: the signed BAST, reviewed by another officer; sign: the scan; report: what shows it"`
	Slug       string           `json:"slug,omitempty" maxLength:"40" doc:"withdraw, release: the reason that is published"`
	Line       *int             `json:"line,omitempty" minimum:"0" maximum:"1000" doc:"hide-text: which line, from 0"`
}

// moveOf says which move of a commitment stands behind a decision.
var moveOf = map[string]aid.Move{
	decideContacted: aid.Speak, decideSchedule: aid.Schedule, decideReceipt: aid.Receive, decideSettle: aid.Settle, decideWithdraw: aid.Withdraw,
	decideRelease: aid.Release, decideSign: aid.Sign, decideReport: aid.Report,
}

// decisionsOf lists what each side decides, in the order in which it is offered:
// an office speaks for whoever cannot, an aggregator is the collaborator of what
// it carries.
var decisionsOf = map[aid.Role][]string{
	aid.Officer:      {decideContacted, decideSchedule, decideReceipt, decideSettle, decideWithdraw, decideRelease},
	aid.Collaborator: {decideContacted, decideSchedule, decideSign, decideReport, decideWithdraw, decideRelease},
}

// side is on whose behalf a member of staff moves commitments.
func (c caller) side() aid.Role {
	if c.Role == aid.StaffAggregator {
		return aid.Collaborator
	}
	return aid.Officer
}

// mayDecide lists what somebody may decide about a commitment now.
func mayDecide(who caller, f found) []string {
	may := []string{}
	if !f.self && who.may(aid.DecideCommitment, f.matter()) == nil {
		allowed := f.Allowed(who.side())
		for _, d := range decisionsOf[who.side()] {
			if slices.Contains(allowed, moveOf[d]) {
				may = append(may, d)
			}
		}
	}
	if !f.self && f.State.Counts() && who.may(aid.DecideCommitment, f.matter()) == nil {
		may = append(may, "evidence")
	}
	if who.may(aid.SeeContact, f.matter()) == nil && f.ForgottenAt.IsZero() && f.State.Counts() {
		may = append(may, "contact")
	}
	return may
}

// decide makes one decision and answers the commitment as it then stands, side by
// side with what helps to decide on.
func (s *server) decide(ctx context.Context, in *decisionInput) (*caseAnswer, error) {
	b := in.Body
	deed := aid.DecideCommitment
	if moderates(b.Decision) {
		deed = aid.ModerateTexts
	}
	who, err := s.role(ctx, deed)
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, who, deed, in.ID)
	if err != nil {
		return nil, err
	}
	if f.self {
		return nil, errNoCommitment // nobody decides about a promise of their own
	}
	if err := checkRequest(b.ID); err != nil {
		return nil, err
	}
	if made, err := s.repeated(ctx, who, b.ID, b.Decision, f.object()); err != nil || made {
		return s.answerAfter(ctx, who, in.ID, err)
	}
	if f.Version != b.Version {
		return nil, fmt.Errorf("commitment %s is at version %d: %w", f.ID, f.Version, aid.ErrStale)
	}
	now := s.instant()
	act := s.act(who, b.ID, deed, b.Decision, f.object(), f.place.Recipient.Area, b.Reason)
	act.Before = outline(f.Commitment, b)
	if deed == aid.ModerateTexts {
		return s.answerAfter(ctx, who, in.ID, s.moderate(table.Acting(ctx, act), f, b, now))
	}
	change, err := s.decided(ctx, who, f, b, now)
	if err != nil {
		return nil, fmt.Errorf("commitment %s: %w", f.ID, err)
	}
	if change.After.Version == f.Version {
		// It stands as is asked for: somebody else, or an earlier decision, was faster.
		return nil, &aid.StateError{State: f.State, Allowed: f.Allowed(who.side())}
	}
	change.Before, change.At, change.Move = f.Commitment, now, change.After.Log[len(change.After.Log)-1].Move
	act.After = outline(change.After, b)
	return s.answerAfter(ctx, who, in.ID, s.store.Move(table.Acting(ctx, act), change))
}

// answerAfter answers a commitment as it stands after something was done about
// it, or why it was not.
func (s *server) answerAfter(ctx context.Context, who caller, id aid.CommitmentID, err error) (*caseAnswer, error) {
	if err != nil {
		return nil, err
	}
	return s.answerCase(ctx, who, id)
}

// checkRequest refuses an id of a request that is none.
func checkRequest(id string) error {
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return invalid("/id", "unknown", "want a UUID in lower case")
	}
	return nil
}

// outline is what the trail keeps of a commitment: how it stands, and how the
// delivery that a decision is about does.
func outline(c aid.Commitment, b decisionBody) string {
	kept := struct {
		State    aid.State        `json:"state"`
		Version  int64            `json:"version"`
		On       aid.Day          `json:"on,omitempty"`
		Reason   string           `json:"reason,omitempty"`
		Delivery aid.DeliveryID   `json:"delivery,omitempty"`
		Answer   aid.Answer       `json:"answer,omitempty"`
		Reported []int64          `json:"reported,omitempty"`
		Received []int64          `json:"received,omitempty"`
		Evidence []aid.EvidenceID `json:"evidence,omitempty"`
	}{State: c.State, Version: c.Version, On: c.Schedule.On, Reason: c.Reason}
	if d, ok := c.Delivery(b.Delivery); ok {
		kept.Delivery, kept.Answer, kept.Reported, kept.Received, kept.Evidence = d.ID, d.Answer, d.Quantities, d.Received, b.Evidence
	}
	text, err := json.Marshal(kept)
	if err != nil {
		panic(fmt.Errorf("encode outline: %w", err)) // it holds strings and numbers only
	}
	return string(text)
}

// decided applies a decision to a commitment as it stands. After is the same
// version when there is nothing to do.
func (s *server) decided(ctx context.Context, who caller, f found, b decisionBody, now time.Time) (table.Change, error) {
	c, cat, by := f.Commitment, s.catalogue(), who.side()
	if !slices.Contains(decisionsOf[by], b.Decision) {
		return table.Change{}, fmt.Errorf("%s as %s: %w", b.Decision, who.Role, aid.ErrDenied)
	}
	switch b.Decision {
	case decideContacted:
		after, err := c.Spoken(by, now, cat)
		return table.Change{After: after}, err
	case decideSchedule:
		after, err := c.ScheduledFor(aid.Appointment{On: b.On, From: b.From, To: b.To}, by, now, cat)
		return table.Change{After: after}, err
	case decideWithdraw, decideRelease:
		if (len(c.Deliveries) > 0) != (b.Decision == decideRelease) {
			return table.Change{}, &aid.StateError{State: c.State, Allowed: c.Allowed(by)}
		}
		after, err := c.WithdrawnFor(b.Slug, by, now, cat)
		return table.Change{After: after, Letters: []aid.LetterKind{aid.LetterWithdrawn, aid.LetterStewardWithdrawn}}, slugged(err)
	case decideReceipt:
		return s.receipt(ctx, who, c, b, now)
	case decideSettle:
		return s.settle(ctx, who, f, b, now)
	case decideSign:
		return s.signed(ctx, c, b, now)
	case decideReport:
		return s.reported(ctx, c, b, now)
	}
	return table.Change{}, invalid("/decision", "unknown", "no such decision")
}

// slugged names the member that a withdrawal's reason is sent in: beside it there
// is one that is never published.
func slugged(err error) error {
	var wrong *aid.InvalidError
	if !errors.As(err, &wrong) {
		return err
	}
	named := &aid.InvalidError{Fields: slices.Clone(wrong.Fields)}
	for i := range named.Fields {
		if named.Fields[i].Pointer == "/reason" {
			named.Fields[i].Pointer = "/slug"
		}
	}
	return named
}

// receipt records what was received, for a steward who cannot say so: the signed
// BAST is named as evidence, which another officer has looked at.
func (s *server) receipt(ctx context.Context, who caller, c aid.Commitment, b decisionBody, now time.Time) (table.Change, error) {
	if err := s.checkBAST(ctx, who, c, b.Evidence); err != nil {
		return table.Change{}, err
	}
	if _, reported := c.Delivery(b.Delivery); !reported && checkRequest(string(b.Delivery)) != nil {
		return table.Change{}, invalid("/delivery", "unknown", "want a delivery of the commitment, or a UUID in lower case")
	}
	answer := aid.ReceiptAnswer{Delivery: b.Delivery, Answer: b.Answer, Quantities: b.Quantities, Via: aid.ViaOfficer}
	if b.Answer != aid.Fewer {
		answer.Quantities = nil
	}
	after, err := c.ReceivedAs(answer, now, s.catalogue())
	if err != nil {
		return table.Change{}, err
	}
	// The steward is told: was it so?
	letters := []aid.LetterKind{aid.LetterReceived, aid.LetterStewardReceipt}
	if d, _ := after.Delivery(b.Delivery); d.Open() {
		letters = []aid.LetterKind{aid.LetterDisputed, aid.LetterOfficeDispute, aid.LetterStewardReceipt}
	}
	return table.Change{After: after, Letters: letters}, nil
}

// checkBAST refuses a receipt whose evidence no other officer has approved.
func (s *server) checkBAST(ctx context.Context, who caller, c aid.Commitment, named []aid.EvidenceID) error {
	if len(named) != 1 {
		return invalid("/evidence", "required", "want the signed BAST")
	}
	e, err := s.store.Evidence(ctx, table.EvidenceRef{Recipient: c.Recipient, Commitment: c.ID, ID: named[0]})
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return err
	}
	if err != nil || e.Kind != aid.EvidenceBAST || e.Review != aid.Approved {
		return invalid("/evidence/0", "unapproved", "want a BAST of this commitment that was approved")
	}
	by, err := s.lastBy(ctx, evidenceObject(e.ID), "approved", "")
	if err != nil {
		return err
	}
	if by == who.ID {
		return invalid("/evidence/0", "same_officer", "approved by oneself: another officer has to look at it")
	}
	return nil
}

// lastBy returns who did something to an object last, empty when nobody did:
// about narrows it down to what holds a text among what it left.
func (s *server) lastBy(ctx context.Context, object, action, about string) (aid.OfficerID, error) {
	for cursor := ""; ; {
		acts, next, err := s.store.Audit(ctx, table.AuditQuery{Object: object}, cursor, actsShown)
		if err != nil {
			return "", err
		}
		for _, a := range acts {
			if a.Action == action && strings.Contains(a.After, about) {
				return a.By, nil
			}
		}
		if next == "" {
			return "", nil
		}
		cursor = next
	}
}

// settle ends a dispute with the true figure, which whoever gave the receipt does
// not set as well.
func (s *server) settle(ctx context.Context, who caller, f found, b decisionBody, now time.Time) (table.Change, error) {
	c := f.Commitment
	if len(b.Quantities) != len(c.Lines) {
		return table.Change{}, invalid("/quantities", "required", fmt.Sprintf("want a figure for each of %d lines", len(c.Lines)))
	}
	about, err := json.Marshal(b.Delivery)
	if err != nil {
		return table.Change{}, err
	}
	by, err := s.lastBy(ctx, f.object(), decideReceipt, `"delivery":`+string(about))
	if err != nil {
		return table.Change{}, err
	}
	if by == who.ID {
		return table.Change{}, fmt.Errorf("settle one's own receipt: %w", aid.ErrDenied)
	}
	after, err := c.SettledAs(b.Delivery, b.Quantities, aid.Officer, now, s.catalogue())
	if d, ok := after.Delivery(b.Delivery); ok && err == nil && slices.ContainsFunc(d.Received, func(n int64) bool { return n > 0 }) {
		return table.Change{After: after, Letters: []aid.LetterKind{aid.LetterReceived}}, nil
	}
	return table.Change{After: after}, err
}

// signed records that the statement was signed by hand, which an accepted scan
// shows.
func (s *server) signed(ctx context.Context, c aid.Commitment, b decisionBody, now time.Time) (table.Change, error) {
	if len(b.Evidence) != 1 {
		return table.Change{}, invalid("/evidence", "required", "want the scan of the signed statement")
	}
	e, err := s.store.Evidence(ctx, table.EvidenceRef{Recipient: c.Recipient, Commitment: c.ID, ID: b.Evidence[0]})
	if err != nil && !errors.Is(err, aid.ErrNotFound) {
		return table.Change{}, err
	}
	if err != nil || e.Kind != aid.EvidenceStatement || e.State != aid.EvidenceAccepted {
		return table.Change{}, invalid("/evidence/0", "unknown", "want a scan of the statement that was accepted")
	}
	after, err := c.SignedAs(e.Fingerprint(), now, s.catalogue())
	return table.Change{After: after, Letters: []aid.LetterKind{aid.LetterSigned}}, err
}

// reported records what an aggregator handed over.
func (s *server) reported(ctx context.Context, c aid.Commitment, b decisionBody, now time.Time) (table.Change, error) {
	if checkRequest(string(b.Delivery)) != nil {
		return table.Change{}, invalid("/delivery", "unknown", "want a UUID in lower case")
	}
	for i, id := range b.Evidence {
		e, err := s.store.Evidence(ctx, table.EvidenceRef{Recipient: c.Recipient, Commitment: c.ID, ID: id})
		if err != nil && !errors.Is(err, aid.ErrNotFound) {
			return table.Change{}, err
		}
		if err != nil || e.State == aid.EvidenceRefused || e.Kind == aid.EvidenceStatement || slices.Contains(b.Evidence[:i], id) {
			return table.Change{}, invalid(fmt.Sprintf("/evidence/%d", i), "unknown", "no such file, or it was refused, or named twice")
		}
	}
	after, err := c.Reported(aid.DeliveryReport{ID: b.Delivery, On: b.On, Quantities: b.Quantities, Evidence: b.Evidence}, now, s.catalogue())
	return table.Change{After: after, Letters: []aid.LetterKind{aid.LetterStewardReported}}, err
}
