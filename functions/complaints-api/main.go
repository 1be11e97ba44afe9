// Command complaints-api takes complaints and ideas from anybody. It writes
// what people say where it cannot read it: whoever holds a complaint's link is
// shown where it stands and what the office answered, never the complaint.
//
// REGION_PACK names the region pack that it serves.
// LEDGER_TABLE names the DynamoDB table of public facts.
// PRIVATE_TABLE names the DynamoDB table of contacts and secrets.
// EVIDENCE_BUCKET names the bucket of what people upload.
// EDGE_KEY is the word that CloudFront shows; empty where there is no CloudFront.
package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"ksbb/shared/blob"
	"ksbb/shared/catalogue"
	"ksbb/shared/region"
	"ksbb/shared/table"
	"ksbb/shared/web"
)

func main() {
	slog.SetDefault(lambdacontext.NewLogger())
	if err := run(context.Background(), os.Getenv); err != nil {
		slog.Error("complaints-api cannot start", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, env func(string) string) error {
	pack, err := region.Load(env("REGION_PACK"))
	if err != nil {
		return err
	}
	facts, err := table.Open(ctx, env("LEDGER_TABLE"), env("PRIVATE_TABLE"))
	if err != nil {
		return err
	}
	vault, err := blob.OpenVault(ctx, env("EVIDENCE_BUCKET"))
	if err != nil {
		return err
	}
	// The key is read while nobody waits: it opens the connection that the first
	// request will use. Should it fail, that request asks again.
	soon, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := facts.Key(soon); err != nil {
		slog.Warn("installation key not read yet", "err", err)
	}
	s := &server{
		store: facts, files: vault, pack: pack, region: catalogue.New(pack, facts, time.Now), now: time.Now, edgeKey: env("EDGE_KEY"),
		random: func(b []byte) { rand.Read(b) },
	}
	lambda.StartWithOptions(web.Proxy(s.handler()), lambda.WithContext(ctx))
	return nil
}
