package main

import (
	"encoding/json"
	"fmt"
	"time"

	"ksbb/shared/aid"
)

// The types in this file are what is sent and answered. They are also the
// OpenAPI document. Lengths here keep nonsense out; the rules are in aid.

type putInput struct {
	ID   string `path:"id" doc:"Random UUID, version 4 or 7, made before sending and shown to nobody" maxLength:"64"`
	Body putBody
}

type putBody struct {
	Email     string        `json:"email" maxLength:"320"`
	Kinds     []aid.Cadence `json:"kinds" maxItems:"10" doc:"monthly, weekly, daily: at least one"`
	Language  string        `json:"language,omitempty" maxLength:"10" doc:"Of the letters: id or en"`
	Challenge string        `json:"challenge" maxLength:"2000" doc:"Base64 answer of the ALTCHA client"`
}

// draft returns what the body says, to be checked.
func (b putBody) draft(id aid.SubscriptionID) aid.SubscriptionDraft {
	return aid.SubscriptionDraft{ID: id, Email: b.Email, Cadences: b.Kinds, Language: b.Language}
}

// fingerprint stands for what is asked; the challenge is only the way of asking.
func (b putBody) fingerprint(key []byte) (string, error) {
	b.Challenge = ""
	text, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("encode request: %w", err)
	}
	return aid.KeyedHash(key, "subscription", string(text)), nil
}

type putAnswer struct{ Body askedBody }

type askedBody struct {
	ID        aid.SubscriptionID `json:"id"`
	ConfirmBy time.Time          `json:"confirmBy" doc:"Forgotten then, unless it is confirmed"`
}

type confirmInput struct {
	ID            string `path:"id" maxLength:"64"`
	Authorization string `header:"Authorization" hidden:"true"`
}

type confirmAnswer struct{ Body confirmedBody }

type confirmedBody struct {
	ID          aid.SubscriptionID `json:"id"`
	Kinds       []aid.Cadence      `json:"kinds"`
	ConfirmedAt time.Time          `json:"confirmedAt"`
}

type endInput struct {
	ID string `path:"id" maxLength:"64"`
}
