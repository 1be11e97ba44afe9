package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/table"
)

// english has the commitment of the world, and one subscriber, written to in
// English.
func (w *world) english(t *testing.T) (aid.CommitmentID, aid.Subscription) {
	t.Helper()
	c := w.submission("0198c0de-0000-7000-8000-00000000e001")
	if _, _, err := w.store.Submit(t.Context(), table.Submission{
		Commitment: c,
		Credential: aid.Credential{
			Commitment: c.ID, Recipient: padukuhan, Contact: aid.Contact{Name: "Lily Contoh", Email: "lily@contoh.invalid", Phone: giverPhone},
			Language: "en", SecretVersion: 1, SecretHash: aid.Hash("x"), CodeHash: aid.Hash("y"),
		},
		Fingerprint: "f", ChallengeID: string(c.ID), ChallengeExpires: w.now.Add(time.Minute),
	}); err != nil {
		t.Fatal(err)
	}
	w.c = c
	const n = 77
	id := aid.SubscriptionID(fmt.Sprintf("0198c0de-0000-7000-8000-%012x", 0x5000+n))
	s, _, err := w.store.Subscribe(t.Context(), table.SubscriptionRequest{
		Subscription: aid.Subscription{
			ID: id, Email: subscriber(n), Address: "lily", Cadences: []aid.Cadence{aid.EveryDay}, Language: "en", SecretHash: aid.Hash("z"), AskedAt: w.now,
		},
		Fingerprint: "f", ChallengeID: "c-en", ChallengeExpires: w.now.Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.ID, s
}

// The steward of the same commitment is written to in Indonesian all the same.
func TestLettersLeadToPagesInTheirOwnLanguage(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, w *world) {
		id, asked := w.english(t)
		key, err := w.store.Key(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		secret, err := aid.Secret(key, id, 1)
		if err != nil {
			t.Fatal(err)
		}
		wish, err := aid.SubscriptionSecret(key, asked.ID, asked.Email)
		if err != nil {
			t.Fatal(err)
		}
		w.pledge(t)
		k := table.SubscriptionLetterKey(asked.ID)
		w.stream(t, w.letter(aid.LetterPledged), w.letter(aid.LetterStewardPledged), record(k.PK, k.SK))
		if _, err := w.store.ConfirmSubscription(t.Context(), asked, w.now); err != nil {
			t.Fatal(err)
		}
		w.announce(t)
		for _, c := range []struct{ to, link string }{
			{"lily@contoh.invalid", "https://ksbb.example/en/k/#" + secret},
			{stewardMail, "https://ksbb.example/pj/#" + aid.StewardSecret(key, padukuhan, 1)},
			{asked.Email, "https://ksbb.example/en/langganan/#" + wish},
			{asked.Email, "https://ksbb.example/en/langganan/#akhiri." + string(asked.ID)},
			{asked.Email, "https://ksbb.example/en/laporan/2025-09-09/"},
		} {
			var all []string
			for _, l := range w.bag.letters {
				if l.To == c.to {
					all = append(all, l.Text)
				}
			}
			if !strings.Contains(strings.Join(all, "\n"), c.link+"\n") {
				t.Errorf("no letter to %s leads to %s:\n%s", c.to, c.link, strings.Join(all, "\n---\n"))
			}
		}
	})
}
