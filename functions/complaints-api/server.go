package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

// server answers the endpoints of complaints and ideas. Its fields are all it
// needs from outside; a test replaces them one by one.
type server struct {
	store  store
	files  files
	pack   *region.Pack
	region *catalogue.Current // the pack as it stands: what the office amends
	now    func() time.Time
	random func([]byte) // fills with randomness that nobody can guess
	// edgeKey is what the edge in front of the gateway shows, empty without one.
	edgeKey string
}

// store is the part of the tables these endpoints use. Nothing in it returns
// what a reporter wrote or who they are.
type store interface {
	Key(context.Context) ([]byte, error)
	Place(context.Context, aid.RecipientID) (aid.Place, aid.Leaf, error)
	Find(ctx context.Context, number string) (aid.RecipientID, aid.CommitmentID, error)
	Commitment(context.Context, aid.RecipientID, aid.CommitmentID) (aid.Commitment, error)
	FileComplaint(context.Context, table.Filing) (aid.Complaint, bool, error)
	Filed(context.Context, aid.ComplaintID, string) (aid.Complaint, bool, error)
	Complaint(context.Context, aid.ComplaintID) (aid.Complaint, error)
	ComplaintSecret(context.Context, aid.ComplaintID) ([]byte, error)
	WriteMessage(ctx context.Context, before, after aid.Complaint, words, fingerprint string, letters ...aid.LetterKind) error
	Wrote(context.Context, aid.ComplaintID, aid.MessageID, string) (bool, error)
	Replies(context.Context, aid.ComplaintID) (map[aid.MessageID]string, error)
	AddEvidence(context.Context, aid.Evidence) error
	Evidence(context.Context, table.EvidenceRef) (aid.Evidence, error)
	EvidenceOfComplaint(context.Context, aid.ComplaintID) ([]aid.Evidence, error)
	FileIdea(context.Context, table.IdeaFiling) (aid.Idea, bool, error)
	FiledIdea(context.Context, aid.IdeaID, string) (aid.Idea, bool, error)
	Spend(ctx context.Context, kind, id string, day aid.Day, limit int) error
}

// files is the part of the evidence bucket these endpoints use: leave to
// upload, and nothing that reads.
type files interface {
	SignPut(ctx context.Context, key string, u blob.Upload) (blob.Signed, error)
}

func (s *server) handler() http.Handler {
	return s.region.Handler(web.Handler(web.API{Title: "KSBB complaints and ideas", Version: "1", EdgeKey: s.edgeKey}, s.register))
}

func (s *server) register(api huma.API) {
	secret := []map[string][]string{{web.BearerScheme: {}}}
	huma.Register(api, huma.Operation{
		OperationID: "putComplaint", Method: http.MethodPut, Path: "/v1/complaints/{id}", DefaultStatus: http.StatusCreated,
		Summary:     "Complain, under an id of one's own making and without saying who one is",
		Description: "Sending the same again gives the same answer. Whom the complaint names never sees it.",
	}, s.put)
	huma.Register(api, huma.Operation{
		OperationID: "getComplaint", Method: http.MethodGet, Path: "/v1/complaints/{id}", Security: secret,
		Summary: "Where one's own complaint stands and what the office answered",
	}, s.get)
	huma.Register(api, huma.Operation{
		OperationID: "writeMessage", Method: http.MethodPost, Path: "/v1/complaints/{id}/messages", Security: secret,
		Summary: "Write more about one's own complaint",
	}, s.write)
	huma.Register(api, huma.Operation{
		OperationID: "announceComplaintEvidence", Method: http.MethodPost, Path: "/v1/complaints/{id}/evidence", Security: secret, DefaultStatus: http.StatusCreated,
		Summary: "Leave to upload one file about one's own complaint",
	}, s.announce)
	huma.Register(api, huma.Operation{
		OperationID: "getComplaintEvidence", Method: http.MethodGet, Path: "/v1/complaints/{id}/evidence/{evidence}", Security: secret,
		Summary: "How a file was judged",
	}, s.evidence)
	huma.Register(api, huma.Operation{
		OperationID: "putIdea", Method: http.MethodPut, Path: "/v1/ideas/{id}", DefaultStatus: http.StatusCreated,
		Summary:     "Send an idea, under an id of one's own making",
		Description: "Sending the same again gives the same answer. It is shown nowhere until an officer publishes it.",
	}, s.putIdea)
}

// instant returns the current instant as it is stored.
func (s *server) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func (s *server) today() aid.Day { return aid.DayOf(s.instant(), s.pack.Zone) }

// perNetwork is how many complaints, and ideas, one network may send on a day.
// A carrier's whole city may be one network, so it only stops a flood.
const perNetwork = 200

// spend charges the caller's network for something sent.
func (s *server) spend(ctx context.Context, kind string, key []byte) error {
	return s.store.Spend(ctx, kind, aid.KeyedHash(key, "network", web.Network(ctx)), s.today(), perNetwork)
}
