import { Navigate, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { CheckingView } from '../components/checking-view.tsx';
import { CodeView } from '../components/code-view.tsx';
import { useSale } from '../components/live-sales.ts';
import { ResultView } from '../components/result-view.tsx';
import { isFinal } from '../model/sale.ts';
import { sales } from '../till.ts';

/** A sale from the moment it begins to its result: one address, the screen its phase asks for. */
export function LiveScreen() {
  const { saleId } = useParams({ from: '/live/$saleId' });
  const sale = useSale(saleId);
  const ended = sale !== null && isFinal(sale);
  useEffect(() => {
    if (ended) sales.see(saleId);
  }, [ended, saleId]);

  if (sale === null) return <Navigate to="/" replace />;
  if (ended) return <ResultView sale={sale} />;
  if (sale.door === 'code' && (sale.phase === 'opening' || sale.phase === 'showing'))
    return <CodeView sale={sale} />;
  return <CheckingView sale={sale} />;
}
