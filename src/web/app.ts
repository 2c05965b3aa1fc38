/** Every route on one page. The same app runs on Node and on Workers; what differs comes in by {@link Deps}. */
import { type Context, type Handler, Hono } from 'hono';
import { routePath } from 'hono/route';
import { getPath } from 'hono/utils/url';
import { paccPath } from '../formats/pacc/vocabulary.ts';
import { NameError } from '../name/domain.ts';
import { StoreError } from '../store/db.ts';
import { endRoute, leasesRoute, reportsRoute } from './agents.ts';
import { listRoute, lookupRoute, providerRoute, providerXmlRoute, revisionsRoute } from './api.ts';
import { askRoute, nothingHere } from './ask.ts';
import { autoconfigByAddress, autoconfigByPath } from './autoconfig.ts';
import { autodiscoverJsonRoute, autodiscoverRoute } from './autodiscover.ts';
import { bundleRoute, changesRoute, linesRoute } from './bulk/bulk.ts';
import { atlasFeedRoute, providerFeedRoute } from './bulk/feed.ts';
import { comparisonsRoute } from './comparisons.ts';
import { sourceOf } from './find.ts';
import { HttpProblem } from './http/errors.ts';
import { metricsRoute, Requests } from './http/metrics.ts';
import { type Document, documentOf, json, needsSecret, otherMethod, send, sendJson } from './http/respond.ts';
import { messagesRoute } from './messages.ts';
import { addressProfileRoute, profileQrRoute, providerProfileRoute } from './mobileconfig.ts';
import { mxRoute } from './mx-service.ts';
import { aboutPage } from './pages/about.ts';
import { apiPage } from './pages/api.ts';
import { assetRoute } from './pages/assets.ts';
import { checkFormPage, checkPage } from './pages/check.ts';
import { homePage } from './pages/home.ts';
import { howMailWorksPage } from './pages/how-mail-works.ts';
import { noNoticesPage } from './pages/no-notices.ts';
import { policyPage } from './pages/policy.ts';
import { probingPage } from './pages/probing.ts';
import { onlyHere, sendProblemFor } from './pages/problem.ts';
import { providerPage } from './pages/provider.ts';
import { providersPage } from './pages/providers.ts';
import { reviewDecision, reviewOnePage, reviewPage, reviewSession } from './pages/review.ts';
import { statusPage } from './pages/status.ts';
import { submissionForms, submissionPage } from './pages/submission.ts';
import { submitForms, submitPage } from './pages/submit.ts';
import { probesRoute } from './probes.ts';
import { paccByHost, publishRoute } from './publish.ts';
import type { Deps } from './served/served.ts';
import { simulateRoute } from './simulate.ts';
import { statusesRoute } from './statuses.ts';
import { Intake } from './submissions/intake.ts';
import { overlayRoutes } from './submissions/overlays.ts';
import { hasToken, reviewRoutes } from './submissions/review.ts';
import { previewRoute, submissionRoutes } from './submissions/submissions.ts';

export function createApp(deps: Deps): Hono {
  const app = new Hono({ getPath: pathOf });
  const requests = deps.requests ?? new Requests();
  const intake = new Intake(deps);
  const count = (c: Context, route: string, status: number): void => {
    requests.count(route, status);
    deps.answered?.(c, route);
  };
  /** A handler whose answers are counted; what it throws is counted where it becomes an answer. */
  const counted = (path: string, handler: Handler): Handler => {
    return async (c, next) => {
      const response = (await handler(c, next)) as Response;
      count(c, path, response.status);
      return response;
    };
  };
  const get = (path: string, handler: Handler) => {
    app.get(path, counted(path, handler));
    app.all(path, counted(path, otherMethod('GET, HEAD')));
  };
  const post = (path: string, handler: Handler) => {
    app.post(path, counted(path, handler));
    app.all(path, counted(path, otherMethod('POST')));
  };
  const getAndPost = (path: string, handler: Handler) => {
    app.get(path, counted(path, handler));
    app.post(path, counted(path, handler));
    app.all(path, counted(path, otherMethod('GET, HEAD, POST')));
  };

  /** Where a secret decides who may do what: nobody keeps an answer, and no other page may ask. */
  const closed = (path: string, handlers: Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', Handler>>>) => {
    const secretly = (handler: Handler) =>
      counted(path, (c, next) => {
        needsSecret(c);
        return handler(c, next);
      });
    const methods = Object.keys(handlers).map((method) => (method === 'GET' ? 'GET, HEAD' : method));
    for (const [method, handler] of Object.entries(handlers)) app.on(method, path, secretly(handler));
    app.all(path, secretly(otherMethod(methods.join(', '))));
  };

  /** For people: under this server's own name only. */
  const page = (path: string, handler: Handler) => {
    get(path, (c, next) => {
      onlyHere(deps, c);
      return handler(c, next);
    });
  };

  /** A page with a form that comes back to it. */
  const form = (path: string, show: Handler, take: Handler) => {
    const here =
      (handler: Handler): Handler =>
      (c, next) => {
        onlyHere(deps, c);
        return handler(c, next);
      };
    closed(path, { GET: here(show), POST: here(take) });
  };

  // Mail clients.
  get('/v1.1/:domain', autoconfigByPath(deps, 'curated'));
  get('/mx/v1.1/:domain', autoconfigByPath(deps, 'mx'));
  get('/mail/config-v1.1.xml', autoconfigByAddress(deps));
  get('/.well-known/autoconfig/mail/config-v1.1.xml', autoconfigByAddress(deps));
  get(paccPath, paccByHost(deps));
  getAndPost('/autodiscover/autodiscover.xml', autodiscoverRoute(deps));
  get('/autodiscover/autodiscover.json', autodiscoverJsonRoute(deps));
  get('/autodiscover/autodiscover.json/v1.0/:address', autodiscoverJsonRoute(deps));
  post('/mail.mobileconfig', addressProfileRoute(deps));
  get('/dns/mx/:domain', mxRoute(deps));

  // People.
  page('/', homePage(deps));
  page('/provider/:id', providerPage(deps));
  page('/providers', providersPage(deps));
  page('/check', checkFormPage(deps));
  page('/check/:domain', checkPage(deps));
  page('/status', statusPage(deps));
  page('/how-mail-works', howMailWorksPage(deps));
  page('/about', aboutPage(deps));
  page('/about/probing', probingPage(deps));
  page('/policy', policyPage(deps));
  form('/submit', submitPage(deps), submitForms(deps, intake));
  form('/submission', submissionPage(deps), submissionForms(deps, intake));
  form('/review', reviewPage(deps), reviewSession(deps));
  form('/review/:number', reviewOnePage(deps), reviewDecision(deps));
  page('/api', apiPage(deps));
  get('/assets/:file', assetRoute(deps));

  // Programs.
  get('/api/v1/lookup', lookupRoute(deps));
  get('/api/v1/simulate', simulateRoute(deps));
  get('/api/v1/providers', listRoute(deps));
  get('/api/v1/providers/:id', providerRoute(deps));
  get('/api/v1/providers/:id/autoconfig.xml', providerXmlRoute(deps));
  get('/api/v1/providers/:id/pacc.json', publishRoute(deps, 'pacc', 'pacc.json'));
  get('/api/v1/providers/:id/zone.txt', publishRoute(deps, 'zone', 'zone.txt'));
  get('/api/v1/providers/:id/mail.mobileconfig', providerProfileRoute(deps));
  get('/api/v1/providers/:id/mail.mobileconfig/qr.svg', profileQrRoute(deps));
  get('/api/v1/providers/:id/revisions', revisionsRoute(deps));
  get('/api/v1/providers/:id/probes', probesRoute(deps));
  get('/api/v1/providers/:id/comparisons', comparisonsRoute(deps));
  get('/api/v1/providers/:id/feed.atom', providerFeedRoute(deps));
  get('/api/v1/messages', messagesRoute(deps));
  get('/api/v1/statuses', statusesRoute(deps));
  get('/api/v1/bundle', bundleRoute(deps));
  get('/api/v1/atlas.ndjson', linesRoute(deps));
  get('/api/v1/changes', changesRoute(deps));
  get('/api/v1/feed.atom', atlasFeedRoute(deps));

  // Those who submit, and those who review.
  const [submitters, reviewers] = [submissionRoutes(deps, intake), reviewRoutes(deps)];
  closed('/api/v1/submissions', { GET: reviewers.list, POST: submitters.submit });
  closed('/api/v1/submissions/:number', {
    GET: byBearer(reviewers.see, submitters.follow),
    PUT: submitters.change,
    DELETE: submitters.withdraw,
  });
  closed('/api/v1/submissions/:number/recheck', { POST: byBearer(reviewers.recheck, submitters.recheck) });
  closed('/api/v1/submissions/:number/stop', { POST: byBearer(reviewers.stop, submitters.stop) });
  closed('/api/v1/submissions/:number/accept', { POST: reviewers.accept });
  closed('/api/v1/submissions/:number/decline', { POST: reviewers.decline });
  closed('/api/v1/submissions/:number/ask', { POST: reviewers.ask });
  closed('/api/v1/revisions/:n/rollback', { POST: reviewers.rollback });
  const overlays = overlayRoutes(deps);
  closed('/api/v1/overlays', { GET: overlays.list });
  closed('/api/v1/overlays/exported', { POST: overlays.exported });
  closed('/api/v1/overlays/:number', { DELETE: overlays.discard });
  closed('/notices/:number/:token', noNoticesPage(deps));
  closed('/preview/:token/v1.1/:domain', { GET: previewRoute(deps) });

  // Verifiers elsewhere.
  closed('/api/v1/agent/runs/:run/leases', { POST: leasesRoute(deps) });
  closed('/api/v1/agent/runs/:run/reports', { POST: reportsRoute(deps) });
  closed('/api/v1/agent/runs/:run/end', { POST: endRoute(deps) });

  // Generated when it is first asked for: the generator is no part of the start.
  let openapi: Document | undefined;
  get('/api/v1/openapi.json', async (c) => {
    openapi ??= documentOf(JSON.stringify((await import('./contract/openapi.ts')).openapi(deps.version)), json);
    return send(c, openapi, 'public');
  });

  // Operators.
  get('/healthz', (c) => sendJson(c, { status: 'ok', version: deps.version }, 'no-store'));
  get('/readyz', (c) => {
    const { size, revision } = sourceOf(deps);
    return sendJson(c, { status: 'ready', version: deps.version, providers: size, revision }, 'no-store');
  });

  get('/ask', askRoute(deps));
  get('/metrics', metricsRoute(deps, requests));

  app.notFound((c) => {
    count(c, 'none', 404);
    return sendProblemFor(c, deps, nothingHere());
  });
  app.onError(async (error, c) => {
    const problem = problemFor(error);
    if (problem.code === 'defect' || error instanceof StoreError) deps.defect(error, routePath(c));
    const response = await sendProblemFor(c, deps, problem);
    count(c, routePath(c), response.status);
    return response;
  });
  return app;
}

/** Reviewers have tokens, submitters receipts. */
function byBearer(reviewer: Handler, submitter: Handler): Handler {
  return (c, next) => (hasToken(c) ? reviewer : submitter)(c, next);
}

/** Microsoft's own server does not tell capital letters apart, and so no two clients write Autodiscover's paths the same. */
function pathOf(request: Request): string {
  const path = getPath(request);
  return /^\/autodiscover\//i.test(path) ? path.toLowerCase() : path;
}

function problemFor(error: Error): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof NameError) return new HttpProblem('malformed-name', error.message, { fault: error.code });
  if (error instanceof StoreError) {
    return error.isFull
      ? new HttpProblem('disk-full', 'The disk of this server is full: nothing was kept of this. Try again later.')
      : new HttpProblem('no-database', 'The database of this server cannot be used just now. Try again later.');
  }
  return new HttpProblem('defect', 'Something went wrong here; it is in the log.');
}
