-- title: Stories per month
-- group: numbers
-- description: By date of publication (UTC).
-- param site: Name of a site
select substr(date_published_utc, 1, 7) as month, count(*) as stories, sum(word_count) as words,
    sum(revision_count > 1) as changed, sum(pubstatus <> 'live') as vanished
from articles
where date_published_utc is not null and (:site = '' or site = :site)
group by month
order by month desc
