import type { ReactNode } from 'react';

interface StepFrameProps {
  title: string;
  about: ReactNode;
  children?: ReactNode;
  /** Left: what leaves the step out. Right: back, and the way on. */
  skip?: ReactNode;
  footer: ReactNode;
}

/** One step of the first run: what it is about, what to choose, how to go on. */
export function StepFrame({ title, about, children, skip, footer }: StepFrameProps) {
  return (
    <>
      <section className="step" aria-labelledby="step-title">
        <h1 id="step-title">{title}</h1>
        <p className="t2 step-about">{about}</p>
        {children}
      </section>
      <footer className="step-foot">
        {skip}
        <span className="grow" />
        {footer}
      </footer>
    </>
  );
}
