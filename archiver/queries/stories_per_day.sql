-- title: Stories per day
-- group: numbers
-- description: By date of publication (UTC); a day without stories may be a day that was not crawled.
-- param site: Name of a site
-- param month: YYYY-MM
select substr(date_published_utc, 1, 10) as day, count(*) as stories, count(distinct site) as sites
from articles
where date_published_utc is not null and (:site = '' or site = :site) and (:month = '' or substr(date_published_utc, 1, 7) = :month)
group by day
order by day desc
limit 400
