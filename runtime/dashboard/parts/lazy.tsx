import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../text/text.ts';
import { Failure } from './failure.tsx';

/** A view whose script is loaded when it is first shown. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const isThere = useSignal(loaded !== null);
    const error = useSignal<Error | null>(null);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          isThere.value = true;
        },
        (cause: Error) => {
          error.value = cause;
        },
      );
    }, []);
    if (isThere.value && loaded) {
      const View = loaded;
      return <View {...props} />;
    }
    return error.value ? <Failure error={error.value} /> : <p class="empty">{t('loading')}</p>;
  };
}
