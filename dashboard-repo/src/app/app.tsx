import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { FleetPage } from './fleet/fleet-page.tsx';
import { type Services, ServicesProvider } from './services.ts';
import { SessionProvider } from './session/session.tsx';
import { SignedIn } from './session/signed-in.tsx';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { NotFound } from './shell/not-found.tsx';
import { PageLoading } from './shell/page-loading.tsx';
import { Shell } from './shell/shell.tsx';

const importDevicePage = () => import('./device/device-page.tsx');
const DevicePage = lazy(() => importDevicePage().then(({ DevicePage }) => ({ default: DevicePage })));
const SignInPage = lazy(() => import('./sign-in/sign-in-page.tsx').then(({ SignInPage }) => ({ default: SignInPage })));

/** A device's page opens at once, and without network too, when its scripts are there before; they wait until everything else is. */
function fetchAhead(): () => void {
  const timer = setTimeout(() => {
    void importDevicePage().catch(() => undefined);
    void import('./device/power-chart.tsx').catch(() => undefined);
  }, fetchAhead_ms);
  return () => clearTimeout(timer);
}

const fetchAhead_ms = 2_500;

/** The whole dashboard: what is made once around it, and which page stands at which address. */
export function App({ services }: { services: Services }) {
  useEffect(fetchAhead, []);
  return (
    <ErrorBoundary>
      <ServicesProvider value={services}>
        <QueryClientProvider client={services.queries}>
          <SessionProvider>
            <BrowserRouter>
              <Suspense fallback={<PageLoading />}>
                <Routes>
                  <Route path="/sign-in" element={<SignInPage />} />
                  <Route element={<SignedIn />}>
                    <Route element={<Shell />}>
                      <Route index element={<FleetPage />} />
                      <Route path="/devices/:device_id" element={<DevicePage />} />
                      <Route path="*" element={<NotFound />} />
                    </Route>
                  </Route>
                </Routes>
              </Suspense>
            </BrowserRouter>
          </SessionProvider>
        </QueryClientProvider>
      </ServicesProvider>
    </ErrorBoundary>
  );
}
