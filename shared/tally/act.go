package tally

import (
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
)

// Act is one public step of one commitment, as news tell it: who gave what to
// whom. It holds nothing that the recipient's public file does not.
type Act struct {
	At        time.Time       `json:"at"`
	Move      aid.Move        `json:"move"` // verify (promised), report (delivered), receive, settle
	Number    string          `json:"number"`
	BAST      aid.BASTNumber  `json:"bast,omitempty"` // of the hand-over reported or answered
	Recipient aid.RecipientID `json:"recipient"`
	Place     string          `json:"place"` // the recipient's name
	Area      area.Code       `json:"area"`
	Name      string          `json:"name"` // shown, "Hamba Allah" for those who do not show theirs
	Class     aid.Class       `json:"class"`
	Program   aid.ProgramID   `json:"program"`
	Things    []Things        `json:"things"`
	Demo      bool            `json:"demo,omitempty"`
}

// Things are some units of one line of a commitment.
type Things struct {
	Package    aid.PackageID `json:"package,omitempty"` // empty for aid outside any need
	Free       string        `json:"free,omitempty"`
	Equivalent string        `json:"equivalent,omitempty"`
	Unit       string        `json:"unit"`
	Quantity   int64         `json:"quantity"`
}
