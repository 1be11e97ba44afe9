package main

import (
	"encoding/json"
	"fmt"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// The types in this file are what is sent and answered. They are also the
// OpenAPI document. Lengths here keep nonsense out; the rules are in aid.

type putInput struct {
	ID   string `path:"id" doc:"UUIDv7, made before sending" maxLength:"64"`
	Body putBody
}

type putBody struct {
	Class     aid.ComplaintClass `json:"class" maxLength:"40" doc:"not_received, fewer, not_distributed, fictitious, double, bad_quality, not_eligible, levy, politics, price or other"`
	About     *aboutBody         `json:"about,omitempty" doc:"Whom it names, if anybody"`
	Area      area.Code          `json:"area,omitempty" maxLength:"40" doc:"Kelurahan in which it happened, where about does not say"`
	Text      string             `json:"text" maxLength:"20000" doc:"Seen by the office that follows it up, and by nobody else"`
	Contact   *contactBody       `json:"contact,omitempty" doc:"Absent for who stays unknown"`
	Challenge string             `json:"challenge" maxLength:"2000" doc:"Base64 answer of the ALTCHA client"`
}

// aboutBody names one of its members.
type aboutBody struct {
	Recipient  aid.RecipientID  `json:"recipient,omitempty" maxLength:"100"`
	Area       area.Code        `json:"area,omitempty" maxLength:"40" doc:"The office of a kelurahan"`
	Aggregator aid.AggregatorID `json:"aggregator,omitempty" maxLength:"40"`
	Commitment string           `json:"commitment,omitempty" maxLength:"40" doc:"Its number, K-7F3Q-21XA"`
}

type contactBody struct {
	Email string `json:"email,omitempty" maxLength:"320"`
}

// draft returns what the body says, to be checked.
func (b putBody) draft(id aid.ComplaintID) aid.ComplaintDraft {
	d := aid.ComplaintDraft{ID: id, Class: b.Class, Area: b.Area, Text: b.Text}
	if b.About != nil {
		d.About = aid.About(*b.About)
	}
	if b.Contact != nil {
		d.Email = b.Contact.Email
	}
	return d
}

// fingerprint stands for what is asked; the challenge is only the way of asking.
func (b putBody) fingerprint(key []byte) (string, error) {
	b.Challenge = ""
	return fingerprint(key, "complaint", b)
}

func fingerprint(key []byte, purpose string, body any) (string, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("encode request: %w", err)
	}
	return aid.KeyedHash(key, purpose, string(text)), nil
}

type putAnswer struct{ Body filedBody }

type filedBody struct {
	ID     aid.ComplaintID `json:"id"`
	Ticket string          `json:"ticket" doc:"Short name to say on the phone"`
	Secret string          `json:"secret" doc:"Opens the complaint; goes into Authorization: Bearer"`
	DueBy  time.Time       `json:"dueBy" doc:"An answer is promised until then"`
}

// Holder is what every call of a complaint's holder carries. It is exported
// because huma passes over embedded types that are not.
type Holder struct {
	ID            string `path:"id" maxLength:"64"`
	Authorization string `header:"Authorization" hidden:"true"`
}

type complaintAnswer struct{ Body complaintBody }

type complaintBody struct {
	ID         aid.ComplaintID    `json:"id"`
	Ticket     string             `json:"ticket"`
	Class      aid.ComplaintClass `json:"class"`
	State      aid.ComplaintState `json:"state" enum:"received,assigned,answered,closed"`
	ReceivedAt time.Time          `json:"receivedAt"`
	DueBy      time.Time          `json:"dueBy"`
	ClosedAt   *time.Time         `json:"closedAt,omitempty"`
	Escalated  bool               `json:"escalated" doc:"A deadline passed; the next office up was told"`
	Outcome    aid.Outcome        `json:"outcome,omitempty" enum:"resolved,explained,unfounded,forwarded,duplicate"`
	Messages   []messageBody      `json:"messages" doc:"Oldest first"`
	Evidence   []evidenceBody     `json:"evidence"`
	Open       bool               `json:"open" doc:"More may be written"`
}

type messageBody struct {
	ID   aid.MessageID `json:"id"`
	At   time.Time     `json:"at"`
	From string        `json:"from" enum:"you,office"`
	Text string        `json:"text,omitempty" doc:"Of the office only: what a reporter wrote is not shown again"`
}

type writeInput struct {
	Holder
	Body struct {
		ID   aid.MessageID `json:"id" maxLength:"64" doc:"UUIDv7, made before sending"`
		Text string        `json:"text" maxLength:"20000"`
	}
}

type announceInput struct {
	Holder
	Body struct {
		Type   string `json:"type" maxLength:"100" doc:"Media type"`
		Length int64  `json:"length" doc:"Bytes"`
		SHA256 string `json:"sha256" maxLength:"64" doc:"Hexadecimal"`
	}
}

type evidenceInput struct {
	Holder
	Evidence aid.EvidenceID `path:"evidence" maxLength:"64"`
}

type evidenceAnswer struct{ Body evidenceBody }

type evidenceBody struct {
	ID      aid.EvidenceID      `json:"id"`
	Type    string              `json:"type"`
	State   aid.EvidenceState   `json:"state" enum:"awaited,accepted,refused"`
	Refusal aid.EvidenceRefusal `json:"refusal,omitempty"`
	At      time.Time           `json:"at"`
}

type ideaInput struct {
	ID   string `path:"id" doc:"UUIDv7, made before sending" maxLength:"64"`
	Body ideaBody
}

type ideaBody struct {
	Topic     aid.IdeaTopic `json:"topic" maxLength:"40" doc:"help, place, data, partner, site or other"`
	Text      string        `json:"text" maxLength:"20000"`
	Name      string        `json:"name,omitempty" maxLength:"400"`
	Contact   *contactBody  `json:"contact,omitempty"`
	Challenge string        `json:"challenge" maxLength:"2000" doc:"Base64 answer of the ALTCHA client"`
}

func (b ideaBody) draft(id aid.IdeaID) aid.IdeaDraft {
	d := aid.IdeaDraft{ID: id, Topic: b.Topic, Text: b.Text, Name: b.Name}
	if b.Contact != nil {
		d.Email = b.Contact.Email
	}
	return d
}

func (b ideaBody) fingerprint(key []byte) (string, error) {
	b.Challenge = ""
	return fingerprint(key, "idea", b)
}

type ideaAnswer struct{ Body sentBody }

type sentBody struct {
	ID         aid.IdeaID `json:"id"`
	State      string     `json:"state" enum:"received"`
	ReceivedAt time.Time  `json:"receivedAt"`
}
