package main

import (
	"time"

	"ksbb/shared/aid"
)

// The types in this file are what is sent and answered. They are also the
// OpenAPI document.

// Caller is what every call with a link carries. It is exported because huma
// passes over embedded types that are not.
type Caller struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

// Chosen names one commitment that the caller may answer for.
type Chosen struct {
	Caller
	ID aid.CommitmentID `path:"id" maxLength:"64"`
}

type receiptInput struct {
	Chosen
	Delivery string `path:"deliveryId" maxLength:"64" doc:"Of a delivery that was reported, or a UUID made before sending"`
	Body     answeredBody
}

type answeredBody struct {
	Answer aid.Answer     `json:"answer" enum:"full,fewer,none"`
	Lines  []quantityBody `json:"lines,omitempty" maxItems:"200" doc:"With fewer: what was received. Lines that are not named were not"`
}

type quantityBody struct {
	Line     int   `json:"line" minimum:"0" maximum:"1000" doc:"Which line of the commitment, from 0"`
	Quantity int64 `json:"quantity" minimum:"0" maximum:"9007199254740991"`
}

type confirmInput struct {
	Caller
	ID   aid.NeedID `path:"id" maxLength:"160"`
	Body struct {
		StillNeeded bool `json:"stillNeeded"`
	}
}

type pauseInput struct {
	Caller
	Body struct {
		Paused bool `json:"paused"`
	}
}

type planInput struct {
	Caller
	Body struct {
		Method aid.PlanMethod `json:"method" enum:"turns,need,split,kitchen"`
	}
}

type sheetInput struct {
	Number string `path:"bastNumber" maxLength:"64" doc:"BAST-…, as people write it"`
	Body   struct {
		Code string `json:"code" maxLength:"40" doc:"The six characters printed on the sheet"`
	}
}

type sheetReceiptInput struct {
	Number string `path:"bastNumber" maxLength:"64" doc:"BAST-…, as people write it"`
	Body   struct {
		Code   string         `json:"code" maxLength:"40" doc:"The six characters printed on the sheet"`
		Answer aid.Answer     `json:"answer" enum:"full,fewer,none"`
		Lines  []quantityBody `json:"lines,omitempty" maxItems:"200" doc:"With fewer: what was received"`
	}
}

type stewardAnswer struct{ Body stewardBody }

type stewardBody struct {
	Scope       string           `json:"scope" enum:"recipient,commitment"`
	Recipient   recipientBody    `json:"recipient"`
	Paused      bool             `json:"paused" doc:"One's own contact is shown to nobody"`
	Plan        *planBody        `json:"plan,omitempty"`
	PlanWanted  bool             `json:"planWanted" doc:"Fewer packages are promised than there are households"`
	Needs       []needBody       `json:"needs"`
	Commitments []commitmentBody `json:"commitments" doc:"What is open, newest first, then what was received lately"`
	Seen        []seenBody       `json:"seen" doc:"Who saw the steward's own contact, oldest first"`
}

type recipientBody struct {
	ID         aid.RecipientID `json:"id"`
	Name       string          `json:"name"`
	Area       string          `json:"area" doc:"Administrative code"`
	Demo       bool            `json:"demo" doc:"Invented for a demonstration"`
	Households int64           `json:"households"`
}

type planBody struct {
	Method aid.PlanMethod `json:"method"`
	On     aid.Day        `json:"on"`
}

type needBody struct {
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
	Stale       bool          `json:"stale" doc:"Has not been confirmed for so long that it should be"`
}

type commitmentBody struct {
	ID             aid.CommitmentID `json:"id"`
	Number         string           `json:"number"`
	State          aid.State        `json:"state"`
	DisplayName    string           `json:"displayName"`
	Class          aid.Class        `json:"class"`
	Program        aid.ProgramID    `json:"program"`
	ProgramName    string           `json:"programName"`
	Lines          []lineBody       `json:"lines"`
	Period         periodBody       `json:"period"`
	Schedule       *appointmentBody `json:"schedule,omitempty"`
	Route          aid.Route        `json:"route"`
	Aggregator     aid.AggregatorID `json:"aggregator,omitempty"`
	AggregatorName string           `json:"aggregatorName,omitempty"`
	PledgedAt      time.Time        `json:"pledgedAt"`
	ContactBy      time.Time        `json:"contactBy"`
	ContactedAt    *time.Time       `json:"contactedAt,omitempty"`
	Deliveries     []deliveryBody   `json:"deliveries" doc:"Oldest first"`
	BAST           aid.BASTNumber   `json:"bast" doc:"Number of the next hand-over sheet"`
	Allowed        []string         `json:"allowed" doc:"What may be done now: contact, contacted, receive"`
}

type lineBody struct {
	Package     aid.PackageID `json:"package,omitempty" doc:"Absent for aid outside any need"`
	Name        string        `json:"name"`
	Unit        string        `json:"unit"`
	Quantity    int64         `json:"quantity"`
	Equivalent  string        `json:"equivalent,omitempty"`
	Free        string        `json:"free,omitempty" doc:"Description of aid outside any need"`
	Committed   int64         `json:"committed" doc:"Promised and still expected"`
	Delivered   int64         `json:"delivered" doc:"Reported and not yet confirmed"`
	Received    int64         `json:"received" doc:"Confirmed"`
	Outstanding int64         `json:"outstanding" doc:"May still be reported"`
}

type periodBody struct {
	From aid.Day `json:"from"`
	To   aid.Day `json:"to"`
}

type appointmentBody struct {
	On   aid.Day `json:"on"`
	From string  `json:"from,omitempty"`
	To   string  `json:"to,omitempty"`
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

type seenBody struct {
	At     time.Time `json:"at"`
	Number string    `json:"number" doc:"For which commitment"`
	By     aid.Role  `json:"by" enum:"collaborator,officer"`
}

type contactAnswer struct{ Body contactBody }

type contactBody struct {
	Name  string `json:"name"`
	Phone string `json:"phone" doc:"E.164"`
	Email string `json:"email"`
	Demo  bool   `json:"demo" doc:"Invented: never dial it"`
}

type sheetAnswer struct{ Body sheetBody }

type sheetBody struct {
	Commitment commitmentBody `json:"commitment"`
	Recipient  recipientBody  `json:"recipient"`
}
