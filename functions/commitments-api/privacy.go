package main

import (
	"context"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// reminders stores whether the collaborator wants to be reminded, of this and of
// every other commitment.
func (s *server) reminders(ctx context.Context, in *reminderInput) (*commitmentAnswer, error) {
	_, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	if err := s.store.SetReminders(ctx, c.Collaborator, in.Body.Wanted); err != nil {
		return nil, err
	}
	return s.answer(ctx, c)
}

// erase takes back what is promised and not delivered, removes the signed
// statement, and then the contact with everything else that is private: the
// secret opens nothing afterwards. What was published stays, without a name.
//
// Should it break off, the secret still opens what is left to erase.
func (s *server) erase(ctx context.Context, in *Holder) (*eraseAnswer, error) {
	taken, err := s.moved(ctx, *in, func(credential aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		if c.Allows(aid.Withdraw) || c.Allows(aid.Release) {
			return s.takeBack("other")(credential, c, now)
		}
		return plain(c, nil)
	})
	if err != nil {
		return nil, err
	}
	if err := s.files.Remove(ctx, taken.ID.StatementPath()); err != nil {
		return nil, err
	}
	gone, err := s.moved(ctx, *in, func(_ aid.Credential, c aid.Commitment, now time.Time) (table.Change, error) {
		after, err := c.Forgotten(aid.Collaborator, now, s.catalogue())
		return plain(after, err)
	})
	if err != nil {
		return nil, err
	}
	answer := &eraseAnswer{}
	answer.Body.ErasedAt = gone.ForgottenAt
	return answer, nil
}

// export answers everything that is held about the collaborator in this
// commitment (UU PDP 27/2022, article 7).
func (s *server) export(ctx context.Context, in *Holder) (*exportAnswer, error) {
	credential, c, err := s.holder(ctx, in.ID, web.Bearer(in.Authorization))
	if err != nil {
		return nil, err
	}
	commitment, err := s.body(ctx, c)
	if err != nil {
		return nil, err
	}
	body := exportBody{
		Commitment:   commitment,
		Contact:      ownContactBody{credential.Contact.Name, credential.Contact.Email, credential.Contact.Phone},
		Statement:    signedBody{credential.Statement.SignedBy, happened(credential.Statement.At)},
		Language:     credential.Language,
		Collaborator: c.Collaborator,
		VerifiedAt:   happened(credential.VerifiedAt),
		CodeTries:    credential.WrongCodes,
		Notes:        []noteBody{},
		StewardSeen:  []time.Time{},
	}
	for _, d := range c.Deliveries {
		note, err := s.store.NoteOf(ctx, c.ID, d.ID)
		if err != nil {
			return nil, err
		}
		if note != "" {
			body.Notes = append(body.Notes, noteBody{d.ID, note})
		}
	}
	looks, err := s.store.LooksAtSteward(ctx, c.Recipient)
	if err != nil {
		return nil, err
	}
	for _, l := range looks {
		if l.Commitment == c.ID && l.By == aid.Collaborator {
			body.StewardSeen = append(body.StewardSeen, l.At)
		}
	}
	return &exportAnswer{body}, nil
}
