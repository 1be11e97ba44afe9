package main

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ksbb/shared/aid"
	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/publish"
	"ksbb/shared/region"
	"ksbb/shared/web"
)

// server answers the console. Its fields are all it needs from outside; a test
// replaces them one by one.
type server struct {
	store store
	// evidence holds what people brought, public what everybody may see of it.
	evidence files
	public   shown
	// door is where staff sign in.
	door door
	pack *region.Pack
	// region is the pack as it stands: what the office amends.
	region *catalogue.Current
	now    func() time.Time
	random func([]byte) // fills its argument with what nobody can guess
	// client and signIn name the identity provider that tokens come from.
	client, signIn string
	site           string
	// edgeKey is what the edge in front of the gateway shows, empty without one.
	edgeKey string
}

// store is the part of the tables that the console uses. Each file of handlers
// says which part is its own.
type store interface {
	sessionStore
	commitmentStore
	decisionStore
	contactStore
	moderationStore
	evidenceStore
	deskStore
	warningStore
	queueStore
	proposalStore
	reportStore
	recipientStore
	importStore
	catalogueStore
	poolStore
	auditStore
	officerStore
	complaintStore
	ideaStore
}

// files is the part of the evidence bucket that the console uses.
type files interface {
	SignPut(ctx context.Context, key string, u blob.Upload) (blob.Signed, error)
	SignGet(ctx context.Context, key, version, mediaType, fileName string) (blob.Signed, error)
	Get(ctx context.Context, key, version string, limit int64) (blob.Kept, error)
	Put(ctx context.Context, key, mediaType string, body []byte) error
}

// shown is the part of the public bucket that the console uses.
type shown interface {
	Put(ctx context.Context, f publish.File, c publish.Condition) error
	Remove(ctx context.Context, path string) error
}

// door is the part of the identity provider that the console uses.
type door interface {
	Close(context.Context, aid.OfficerID) error
	Reopen(context.Context, aid.OfficerID) error
}

func (s *server) handler() http.Handler {
	return s.region.Handler(web.Handler(web.API{Title: "KSBB staff", Version: "1", EdgeKey: s.edgeKey}, s.register))
}

// register adds every operation, one line for each file of handlers.
func (s *server) register(api huma.API) {
	s.registerSession(api)
	s.registerCommitments(api)
	s.registerDecisions(api)
	s.registerContacts(api)
	s.registerEvidence(api)
	s.registerWork(api)
	s.registerQueue(api)
	s.registerProposals(api)
	s.registerReports(api)
	s.registerRecipients(api)
	s.registerImports(api)
	s.registerPrograms(api)
	s.registerPackages(api)
	s.registerAggregators(api)
	s.registerPools(api)
	s.registerComplaints(api)
	s.registerIdeas(api)
	s.registerOfficers(api)
	s.registerAudit(api)
	secure(api)
}

// secure says of every operation but one that it asks for a token. The gateway
// has checked that token before a call comes here.
func secure(api huma.API) {
	document := api.OpenAPI()
	document.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		staffScheme: {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "An access token of the identity provider that /v1/staff/sign-in names."},
	}
	for path, item := range document.Paths {
		if path == signInPath {
			continue
		}
		for _, o := range []*huma.Operation{item.Get, item.Put, item.Post} {
			if o != nil {
				o.Security = []map[string][]string{{staffScheme: {}}}
			}
		}
	}
}

// staffScheme names the token of a member of staff in the description.
const staffScheme = "staff"

// instant returns the current instant as it is stored.
func (s *server) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func (s *server) today() aid.Day { return aid.DayOf(s.instant(), s.pack.Zone) }

func (s *server) catalogue() *aid.Catalogue { return s.region.Last().Catalogue() }
