package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// server answers the commitment endpoints. Its fields are all it needs from
// outside; a test replaces them one by one.
type server struct {
	store  store
	pack   *region.Pack
	now    func() time.Time
	effort int64 // the largest number that a proof of work may have to find
	// edgeKey is what the edge in front of the gateway shows, empty without one.
	edgeKey string
}

// store is the part of the tables these endpoints use.
type store interface {
	Key(context.Context) ([]byte, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
	Submitted(context.Context, aid.CommitmentID, string) (aid.Commitment, bool, error)
	Submit(context.Context, table.Submission) (aid.Commitment, bool, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	CountWrongCode(context.Context, aid.CommitmentID, int) (int, error)
	Move(context.Context, table.Change) error
	Reveal(context.Context, table.RevealRequest) error
	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
}

func (s *server) handler() http.Handler {
	return web.Handler(web.API{Title: "KSBB commitments", Version: "1", EdgeKey: s.edgeKey}, s.register)
}

func (s *server) register(api huma.API) {
	secret := []map[string][]string{{web.BearerScheme: {}}}
	huma.Register(api, huma.Operation{
		OperationID: "makeChallenge", Method: http.MethodGet, Path: "/v1/challenge",
		Summary: "A proof-of-work challenge, good for one submission",
	}, s.challenge)
	huma.Register(api, huma.Operation{
		OperationID: "putCommitment", Method: http.MethodPut, Path: "/v1/commitments/{id}", DefaultStatus: http.StatusCreated,
		Summary:     "Submit a commitment under an id of one's own making",
		Description: "Sending the same again gives the same answer. Nothing is reserved until the code from the mail is entered.",
	}, s.put)
	huma.Register(api, huma.Operation{
		OperationID: "getCommitment", Method: http.MethodGet, Path: "/v1/commitments/{id}", Security: secret,
		Summary: "One's own commitment",
	}, s.get)
	huma.Register(api, huma.Operation{
		OperationID: "verifyCommitment", Method: http.MethodPost, Path: "/v1/commitments/{id}/verification", Security: secret,
		Summary: "Prove the channel with the code from the mail; reserves what is promised",
	}, s.verify)
	huma.Register(api, huma.Operation{
		OperationID: "revealContact", Method: http.MethodPost, Path: "/v1/commitments/{id}/contact", Security: secret,
		Summary: "The contact of the person in charge, logged and within daily budgets",
	}, s.contact)
	huma.Register(api, huma.Operation{
		OperationID: "withdrawCommitment", Method: http.MethodPost, Path: "/v1/commitments/{id}/withdrawal", Security: secret,
		Summary: "Take the commitment back; what was reserved remains again",
	}, s.withdraw)
}

// instant returns the current instant as it is stored.
func (s *server) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func (s *server) limits() aid.Limits { return s.pack.Limits }

func (s *server) catalogue() *aid.Catalogue { return s.pack.Catalogue() }
