package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// server answers the commitment endpoints. Its fields are all it needs from
// outside; a test replaces them one by one.
type server struct {
	store  store
	files  files
	pack   *region.Pack       // as it was made: areas, kinds, texts and limits
	region *catalogue.Current // as it stands: what the office amends
	now    func() time.Time
	random func([]byte) // fills its argument with what nobody can guess
	site   string       // origin of the public site, without a final slash
	effort int64        // the largest number that a proof of work may have to find
	// edgeKey is what the edge in front of the gateway shows, empty without one.
	edgeKey string
	// described is what the API says of itself: the operations of every function,
	// or of this one alone where it is nil.
	described func() ([]byte, error)
}

// store is the part of the tables these endpoints use.
type store interface {
	Key(context.Context) ([]byte, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Leaf(context.Context, aid.Leaf) ([]aid.Place, error)
	Submitted(context.Context, aid.CommitmentID, string) (aid.Commitment, bool, error)
	Submit(context.Context, table.Submission) (aid.Commitment, bool, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	Commitments(context.Context, aid.RecipientID) ([]aid.Commitment, error)
	Find(ctx context.Context, number string) (aid.RecipientID, aid.CommitmentID, error)
	Credential(context.Context, aid.CommitmentID) (aid.Credential, error)
	CountWrongCode(context.Context, aid.CommitmentID, int) (int, error)
	Move(context.Context, table.Change) error
	Post(ctx context.Context, c aid.Commitment, kind aid.LetterKind, serial int64, at time.Time) error

	Reveal(context.Context, table.RevealRequest) error
	Steward(context.Context, aid.RecipientID) (aid.Contact, error)
	Access(context.Context, aid.RecipientID) (table.Access, error)
	LooksAtCollaborator(context.Context, aid.CommitmentID) ([]table.Look, error)
	LooksAtSteward(context.Context, aid.RecipientID) ([]table.Look, error)

	AddEvidence(context.Context, aid.Evidence) error
	Evidence(context.Context, table.EvidenceRef) (aid.Evidence, error)
	EvidenceOf(context.Context, aid.RecipientID, aid.CommitmentID) ([]aid.Evidence, error)

	UseChallenge(ctx context.Context, id string, expires time.Time) error
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
	WantsReminders(context.Context, aid.CollaboratorID) (bool, error)
	SetReminders(ctx context.Context, c aid.CollaboratorID, wanted bool) error
	NoteOf(context.Context, aid.CommitmentID, aid.DeliveryID) (string, error)
}

func (s *server) handler() http.Handler {
	return s.region.Handler(web.Handler(web.API{Title: "KSBB commitments", Version: "1", EdgeKey: s.edgeKey, Description: s.described}, s.register))
}

func (s *server) register(api huma.API) {
	secret := []map[string][]string{{web.BearerScheme: {}}}
	const one = "/v1/commitments/{id}"
	huma.Register(api, huma.Operation{
		OperationID: "makeChallenge", Method: http.MethodGet, Path: "/v1/challenge",
		Summary: "A proof-of-work challenge, good for one submission",
	}, s.challenge)
	huma.Register(api, huma.Operation{
		OperationID: "sendLink", Method: http.MethodPost, Path: "/v1/links", DefaultStatus: http.StatusAccepted,
		Summary:     "Mail the private link of a commitment again",
		Description: "The answer is the same whether number and address belong together or not.",
	}, s.link)
	huma.Register(api, huma.Operation{
		OperationID: "putCommitment", Method: http.MethodPut, Path: one, DefaultStatus: http.StatusCreated,
		Summary:     "Submit a commitment under an id of one's own making",
		Description: "Sending the same again gives the same answer. Nothing is reserved until the code from the mail is entered.",
	}, s.put)
	huma.Register(api, huma.Operation{
		OperationID: "getCommitment", Method: http.MethodGet, Path: one, Security: secret,
		Summary: "One's own commitment",
	}, s.get)
	huma.Register(api, huma.Operation{
		OperationID: "exportCommitment", Method: http.MethodGet, Path: one + "/export", Security: secret,
		Summary: "Everything that is held about oneself in this commitment",
	}, s.export)

	move := func(name, path, summary string) huma.Operation {
		return huma.Operation{
			OperationID: name, Method: http.MethodPost, Path: one + path, Security: secret, Summary: summary,
			Description: "Sending the same again changes nothing and answers the commitment as it stands.",
		}
	}
	huma.Register(api, move("verifyCommitment", "/verification", "Prove the channel with the code from the mail; reserves what is promised"), s.verify)
	huma.Register(api, huma.Operation{
		OperationID: "revealContact", Method: http.MethodPost, Path: one + "/contact", Security: secret,
		Summary: "The contact of the person in charge, logged and within daily budgets",
	}, s.contact)
	huma.Register(api, move("reportContacted", "/contacted", "Say that the two sides have spoken; stops the clock"), s.contacted)
	huma.Register(api, move("reportSilence", "/silence", "Say that the person in charge does not answer; the promise is kept for longer, once"), s.silence)
	huma.Register(api, move("renewCommitment", "/renewal", "Ask for more time for the contact, once, also after the commitment lapsed"), s.renew)
	huma.Register(api, move("scheduleDelivery", "/schedule", "Say on which day the two sides agreed"), s.schedule)
	huma.Register(api, move("signStatement", "/signature", "Sign the statement by typing one's name, or with the accepted scan of a signed one"), s.sign)
	huma.Register(api, move("withdrawCommitment", "/withdrawal", "Take the commitment back, or after a delivery its rest; what was reserved remains again"), s.withdraw)
	huma.Register(api, huma.Operation{
		OperationID: "putDelivery", Method: http.MethodPut, Path: one + "/deliveries/{deliveryId}", Security: secret,
		Summary:     "Report a delivery under an id of one's own making",
		Description: "Sending the same again changes nothing. Lines that are not named were not delivered.",
	}, s.report)
	huma.Register(api, move("settleDelivery", "/deliveries/{deliveryId}/settlement", "Accept what the person in charge confirmed"), s.settle)

	huma.Register(api, huma.Operation{
		OperationID: "announceEvidence", Method: http.MethodPost, Path: one + "/evidence", DefaultStatus: http.StatusCreated, Security: secret,
		Summary:     "Announce a file and get leave to upload exactly it",
		Description: "A file that was announced and has not been checked yet keeps its id. An upload that is refused because there is one already succeeded before.",
	}, s.announce)
	huma.Register(api, huma.Operation{
		OperationID: "getEvidence", Method: http.MethodGet, Path: one + "/evidence/{evidenceId}", Security: secret,
		Summary: "How a file was judged",
	}, s.evidence)

	paper := func(name, path, summary string) huma.Operation {
		return web.PDF(huma.Operation{OperationID: name, Method: http.MethodGet, Path: one + path, Security: secret, Summary: summary})
	}
	huma.Register(api, paper("getLetter", "/letter.pdf", "The statement: to be signed, or as it was signed here"), s.letter)
	huma.Register(api, paper("getBAST", "/bast.pdf", "The sheet for the next hand-over, with the code that confirms it"), s.bast)
	huma.Register(api, paper("getReceipt", "/receipt.pdf", "What the person in charge confirmed"), s.receipt)

	huma.Register(api, move("setReminders", "/reminders", "Say whether one wants to be reminded"), s.reminders)
	huma.Register(api, huma.Operation{
		OperationID: "eraseData", Method: http.MethodPost, Path: one + "/erasure", Security: secret,
		Summary:     "Erase one's personal data; the public fact stays without a name",
		Description: "What is promised and not delivered is taken back first. The secret opens nothing afterwards.",
	}, s.erase)
}

// instant returns the current instant as it is stored.
func (s *server) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func (s *server) today() aid.Day { return aid.DayOf(s.instant(), s.pack.Zone) }

func (s *server) limits() aid.Limits { return s.pack.Limits }

// catalogue returns what may be given, at most a minute old.
func (s *server) catalogue() *aid.Catalogue { return s.region.Last().Catalogue() }

// catalogueFor returns what may be given by a route. Through an aggregator it is
// as it stands now, so that one which was frozen takes nothing from that instant
// on.
func (s *server) catalogueFor(ctx context.Context, r aid.Route) (*aid.Catalogue, error) {
	if r != aid.Aggregate {
		return s.catalogue(), nil
	}
	pack, err := s.region.Fresh(ctx)
	if err != nil {
		return nil, err
	}
	return pack.Catalogue(), nil
}
