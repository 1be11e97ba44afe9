package main

import (
	"encoding/json"
	"fmt"
	"time"

	"ksbb/shared/aid"
)

// The types in this file are what is sent and answered. They are also the
// OpenAPI document. Lengths here keep nonsense out; the rules, which say what a
// person may correct, are in aid.

type putInput struct {
	ID   string `path:"id" doc:"UUIDv7, made before sending" maxLength:"64"`
	Body putBody
}

type putBody struct {
	Recipient    aid.RecipientID  `json:"recipient" maxLength:"100"`
	Program      aid.ProgramID    `json:"program" maxLength:"40"`
	Lines        []lineBody       `json:"lines" maxItems:"200"`
	Period       periodBody       `json:"period"`
	Route        aid.Route        `json:"route" enum:"direct,aggregator"`
	Aggregator   aid.AggregatorID `json:"aggregator,omitempty" maxLength:"40" doc:"With route aggregator only"`
	Collaborator giverBody        `json:"collaborator"`
	Statement    statementBody    `json:"statement"`
	Challenge    string           `json:"challenge" maxLength:"2000" doc:"Base64 answer of the ALTCHA client"`
	Language     string           `json:"language,omitempty" enum:"id,en" doc:"Of the letters; id when absent"`
}

type lineBody struct {
	Need       aid.NeedID `json:"need,omitempty" maxLength:"160" doc:"A need of the recipient; absent for free aid"`
	Quantity   int64      `json:"quantity,omitempty" minimum:"1" maximum:"9007199254740991" doc:"Units of the need"`
	Equivalent string     `json:"equivalent,omitempty" maxLength:"1000" doc:"What is given instead of the package"`
	Value      aid.Rupiah `json:"value,omitempty" minimum:"0" maximum:"9007199254740991" doc:"Estimate, for packages without a reference price"`
	Free       *freeBody  `json:"free,omitempty" doc:"Aid outside any need"`
}

type freeBody struct {
	Description string     `json:"description" maxLength:"1000"`
	Unit        string     `json:"unit" maxLength:"200"`
	Quantity    int64      `json:"quantity" minimum:"1" maximum:"9007199254740991"`
	Value       aid.Rupiah `json:"value" minimum:"0" maximum:"9007199254740991" doc:"Estimated value of the whole line"`
}

type periodBody struct {
	From aid.Day `json:"from" maxLength:"10" doc:"YYYY-MM-DD in the region's time zone"`
	To   aid.Day `json:"to" maxLength:"10"`
}

type giverBody struct {
	Name     string    `json:"name" maxLength:"400"`
	Class    aid.Class `json:"class" enum:"social_organization,business,individual,community,government"`
	ShowName bool      `json:"showName" doc:"Otherwise the public reads Hamba Allah"`
	Email    string    `json:"email" maxLength:"320"`
	Phone    string    `json:"phone" maxLength:"40" doc:"Numbers from outside of Indonesia start with +"`
}

type statementBody struct {
	Accepted bool   `json:"accepted"`
	SignedBy string `json:"signedBy" maxLength:"400"`
}

// draft returns what the body says, to be checked.
func (b putBody) draft(id aid.CommitmentID) aid.Draft {
	d := aid.Draft{
		ID:         id,
		Recipient:  b.Recipient,
		Program:    b.Program,
		Period:     aid.Period(b.Period),
		Route:      b.Route,
		Aggregator: b.Aggregator,
		Giver:      aid.Giver(b.Collaborator),
		Accepted:   b.Statement.Accepted,
		SignedBy:   b.Statement.SignedBy,
		Language:   b.Language,
	}
	for _, l := range b.Lines {
		line := aid.DraftLine{Need: l.Need, Quantity: l.Quantity, Equivalent: l.Equivalent, Value: l.Value}
		if l.Free != nil {
			free := aid.FreeAid(*l.Free)
			line.Free = &free
		}
		d.Lines = append(d.Lines, line)
	}
	return d
}

// fingerprint stands for what is asked. The challenge is only the way of
// asking: a phone that repeats a request may have solved another one.
func (b putBody) fingerprint(key []byte) (string, error) {
	b.Challenge = ""
	text, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("encode request: %w", err)
	}
	return aid.KeyedHash(key, "request", string(text)), nil
}

type putAnswer struct{ Body submittedBody }

type submittedBody struct {
	ID       aid.CommitmentID `json:"id"`
	Number   string           `json:"number" doc:"Short name to say on the phone"`
	State    aid.State        `json:"state" enum:"submitted"`
	Secret   string           `json:"secret" doc:"Proves that one made the commitment; goes into Authorization: Bearer"`
	VerifyBy time.Time        `json:"verifyBy"`
}

// Holder is what every call of a commitment's holder carries. It is exported
// because huma passes over embedded types that are not.
type Holder struct {
	ID            string `path:"id" maxLength:"64"`
	Authorization string `header:"Authorization" hidden:"true"`
}

type verifyInput struct {
	Holder
	Body struct {
		Code string `json:"code" maxLength:"40" doc:"The six digits from the mail"`
	}
}

type scheduleInput struct {
	Holder
	Body appointmentBody
}

type appointmentBody struct {
	On   aid.Day `json:"on" maxLength:"10" doc:"YYYY-MM-DD in the region's time zone"`
	From string  `json:"from,omitempty" maxLength:"5" doc:"HH:MM"`
	To   string  `json:"to,omitempty" maxLength:"5" doc:"HH:MM"`
}

type signInput struct {
	Holder
	Body struct {
		SignedBy string         `json:"signedBy,omitempty" maxLength:"400" doc:"One's name, typed under the statement"`
		Evidence aid.EvidenceID `json:"evidence,omitempty" maxLength:"64" doc:"Or an accepted file of kind statement"`
	}
}

type withdrawInput struct {
	Holder
	Body struct {
		Reason string `json:"reason" enum:"changed_plan,cannot_deliver,duplicate,wrong_place,other"`
	}
}

type reportInput struct {
	Holder
	Delivery string `path:"deliveryId" doc:"UUIDv7, made before sending" maxLength:"64"`
	Body     struct {
		Date     aid.Day          `json:"date" maxLength:"10" doc:"Day of the hand-over"`
		Lines    []quantityBody   `json:"lines" maxItems:"200"`
		Evidence []aid.EvidenceID `json:"evidence,omitempty" maxItems:"100" doc:"Files that were announced for this commitment"`
		Note     string           `json:"note,omitempty" maxLength:"4000" doc:"Private"`
	}
}

type quantityBody struct {
	Line     int   `json:"line" minimum:"0" maximum:"1000" doc:"Which line of the commitment, from 0"`
	Quantity int64 `json:"quantity" minimum:"0" maximum:"9007199254740991"`
}

type settleInput struct {
	Holder
	Delivery aid.DeliveryID `path:"deliveryId" maxLength:"64"`
}

type announceInput struct {
	Holder
	Body struct {
		Kind   aid.EvidenceKind `json:"kind" enum:"bast,photo,statement"`
		Type   string           `json:"type" maxLength:"100" doc:"Media type"`
		Length int64            `json:"length" minimum:"1" maximum:"9007199254740991" doc:"Bytes"`
		SHA256 string           `json:"sha256" maxLength:"64" doc:"Hexadecimal, in small letters"`
	}
}

type evidenceInput struct {
	Holder
	Evidence aid.EvidenceID `path:"evidenceId" maxLength:"64"`
}

type reminderInput struct {
	Holder
	Body struct {
		Wanted bool `json:"wanted"`
	}
}

type linkInput struct {
	Body struct {
		Number    string `json:"number" maxLength:"40" doc:"K-…, as people write it"`
		Email     string `json:"email" maxLength:"320" doc:"The address that the commitment was made with"`
		Challenge string `json:"challenge" maxLength:"2000" doc:"Base64 answer of the ALTCHA client"`
	}
}

type linkAnswer struct{ Body struct{} }

type commitmentAnswer struct{ Body commitmentBody }

type commitmentBody struct {
	ID          aid.CommitmentID `json:"id"`
	Number      string           `json:"number"`
	State       aid.State        `json:"state"`
	Recipient   recipientBody    `json:"recipient"`
	Program     aid.ProgramID    `json:"program"`
	Lines       []promisedBody   `json:"lines"`
	Period      periodBody       `json:"period"`
	Route       aid.Route        `json:"route"`
	Aggregator  aid.AggregatorID `json:"aggregator,omitempty"`
	Class       aid.Class        `json:"class"`
	DisplayName string           `json:"displayName" doc:"What the public reads"`
	SubmittedAt time.Time        `json:"submittedAt"`
	VerifyBy    time.Time        `json:"verifyBy"`
	PledgedAt   *time.Time       `json:"pledgedAt,omitempty"`
	ContactBy   *time.Time       `json:"contactBy,omitempty" doc:"End of the 2×24 hours"`
	ContactedAt *time.Time       `json:"contactedAt,omitempty" doc:"The two sides have spoken"`
	SilentAt    *time.Time       `json:"silentAt,omitempty" doc:"The person in charge was said not to answer"`
	Renewed     bool             `json:"renewed" doc:"The one renewal is used"`
	Schedule    *appointmentBody `json:"schedule,omitempty"`
	SignedAt    *time.Time       `json:"signedAt,omitempty"`
	Letter      string           `json:"letter,omitempty" doc:"Fingerprint of the signed statement"`
	Deliveries  []deliveryBody   `json:"deliveries" doc:"Oldest first"`
	ReleasedAt  *time.Time       `json:"releasedAt,omitempty" doc:"No more will be delivered"`
	EndedAt     *time.Time       `json:"endedAt,omitempty"`
	Reason      string           `json:"reason,omitempty" doc:"Of a withdrawal"`
	BAST        aid.BASTNumber   `json:"bast" doc:"Number of the next hand-over sheet"`
	Handover    string           `json:"handover,omitempty" doc:"Secret to hand to the person in charge, for this commitment only"`
	Evidence    []evidenceBody   `json:"evidence"`
	Seen        []lookBody       `json:"seen" doc:"Who saw the collaborator's contact, oldest first"`
	Reminders   bool             `json:"reminders" doc:"The collaborator wants to be reminded"`
	Allowed     []string         `json:"allowed" doc:"What may be done now"`
	History     []eventBody      `json:"history" doc:"Oldest first"`
}

type recipientBody struct {
	ID   aid.RecipientID `json:"id"`
	Name string          `json:"name"`
	Area string          `json:"area" doc:"Administrative code"`
	Demo bool            `json:"demo" doc:"Invented for a demonstration"`
}

type promisedBody struct {
	Need        aid.NeedID    `json:"need,omitempty"`
	Package     aid.PackageID `json:"package,omitempty"`
	Name        string        `json:"name"`
	Unit        string        `json:"unit"`
	Quantity    int64         `json:"quantity"`
	Equivalent  string        `json:"equivalent,omitempty"`
	Free        string        `json:"free,omitempty" doc:"Description of aid outside any need"`
	Value       aid.Rupiah    `json:"value"`
	Estimated   bool          `json:"estimated"`
	Committed   int64         `json:"committed" doc:"Promised and still expected"`
	Delivered   int64         `json:"delivered" doc:"Reported and not yet confirmed"`
	Received    int64         `json:"received" doc:"Confirmed"`
	Outstanding int64         `json:"outstanding" doc:"May still be reported"`
}

type deliveryBody struct {
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
}

type evidenceBody struct {
	ID          aid.EvidenceID      `json:"id"`
	Kind        aid.EvidenceKind    `json:"kind"`
	Type        string              `json:"type"`
	State       aid.EvidenceState   `json:"state" enum:"awaited,accepted,refused"`
	Refusal     aid.EvidenceRefusal `json:"refusal,omitempty" enum:"type,too-large,pixels,broken,active,different"`
	Fingerprint string              `json:"fingerprint"`
	At          time.Time           `json:"at"`
	Preview     string              `json:"preview,omitempty" doc:"Where a small picture of it may be read for a few minutes"`
}

type lookBody struct {
	At time.Time `json:"at"`
	By aid.Role  `json:"by"`
}

type eventBody struct {
	At   time.Time `json:"at"`
	What string    `json:"what" doc:"submitted, or a move"`
	By   aid.Role  `json:"by"`
}

type evidenceAnswer struct{ Body evidenceBody }

type eraseAnswer struct {
	Body struct {
		ErasedAt time.Time `json:"erasedAt"`
	}
}

type exportAnswer struct{ Body exportBody }

// exportBody is everything that is held about the person who made a commitment.
type exportBody struct {
	Commitment   commitmentBody     `json:"commitment"`
	Contact      ownContactBody     `json:"contact"`
	Statement    signedBody         `json:"statement"`
	Language     string             `json:"language"`
	Collaborator aid.CollaboratorID `json:"collaborator" doc:"Stands for the e-mail address; never published"`
	VerifiedAt   *time.Time         `json:"verifiedAt,omitempty"`
	CodeTries    int                `json:"codeTries" doc:"How often a code from the mail was entered"`
	Notes        []noteBody         `json:"notes"`
	StewardSeen  []time.Time        `json:"stewardSeen" doc:"When the contact of the person in charge was shown to the collaborator"`
}

type ownContactBody struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

type signedBody struct {
	SignedBy string     `json:"signedBy"`
	At       *time.Time `json:"at,omitempty"`
}

type noteBody struct {
	Delivery aid.DeliveryID `json:"delivery"`
	Text     string         `json:"text"`
}

type contactAnswer struct{ Body contactBody }

// contactBody is either a contact or the word that somebody will call.
type contactBody struct {
	Queued bool   `json:"queued,omitempty" doc:"A budget is used up: the person in charge will call instead"`
	Name   string `json:"name,omitempty"`
	Phone  string `json:"phone,omitempty" doc:"E.164"`
	Email  string `json:"email,omitempty"`
	Demo   *bool  `json:"demo,omitempty" doc:"Invented: never dial it"`
}
